/**
 * Plugins: what a caller may ask the gateway to do with a request or a reply (OpenRouter's API, `plugins[]`). Written on the core's
 * words, so that one plugin serves every client and upstream grammar. A plugin that acts puts the exchange on the translate
 * lane; one that would change nothing leaves it on the relay lane.
 */
import type { ChatRequest, ChatResponse } from '../core/chat.ts';
import type { ChatEvent } from '../core/chat-events.ts';
import type { PluginWish } from '../core/demand.ts';
import type { Note } from '../core/note.ts';
import type { UsageCounts } from '../core/usage.ts';

/** What the plugins of one exchange do, decided once. Absent members act on nothing. */
export interface ActivePlugins {
  /** What is known before any target: wishes that nobody fulfils, options that are not honoured. */
  readonly notes: readonly Note[];
  /** What was done before planning: a search, files read. */
  readonly stages: readonly PluginStage[];
  /** What the plugins used themselves, beside the provider's usage. No endpoint's price applies to it. */
  readonly usage: UsageCounts;
  /** About how many tokens the request grows by (texts of files, search results): for planning. */
  readonly addedPromptTokens: number;
  /** Quick: false = `editRequest` leaves this endpoint's request as it is, so it need not be decoded. */
  readonly mayEditRequest?: (endpoint: PluginEndpoint) => boolean;
  /** For each target, when its turn comes: the request this endpoint is sent. Pure; the same object = nothing to change. */
  readonly editRequest?: (request: ChatRequest, endpoint: PluginEndpoint) => PluginResult<ChatRequest>;
  /** For a whole reply. Pure; the same object = nothing to change. */
  readonly editReply?: (response: ChatResponse) => PluginResult<ChatResponse>;
  /** For a stream: every event passes through it, in order. */
  readonly openStreamEdit?: () => StreamEdit;
  /** True where files no longer count as content an endpoint must take: they are turned into text where it does not. */
  readonly readsFiles: boolean;
  /** Endpoints with at most this context have the prompt fitted: 0 = none, infinite = all, so that a prompt's length excludes nothing. */
  readonly fitsContextUpTo: number;
}

/** What a plugin must know of an endpoint. */
export interface PluginEndpoint {
  readonly contextLength: number;
  /** True where nobody said the context length: nothing is fitted to a guess. */
  readonly contextIsAssumed?: boolean;
  readonly maxOutputTokens: number | null;
  readonly inputModalities: readonly string[];
  readonly outputModalities: readonly string[];
  /** How many messages the provider takes; absent = any number. */
  readonly maxMessages?: number;
}

export interface PluginResult<T> {
  readonly value: T;
  readonly notes: readonly Note[];
  /** What `openrouter_metadata.pipeline` and the generation say was done; [] where nothing was. */
  readonly stages: readonly PluginStage[];
}

export interface StreamEdit {
  push(event: ChatEvent): readonly ChatEvent[];
}

/** One entry of `openrouter_metadata.pipeline` (OpenRouter's API). */
export interface PluginStage {
  readonly type: 'guardrail' | 'plugin' | 'server_tools' | 'response_healing' | 'context_compression';
  readonly name: string;
  readonly summary: string;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

/** One plugin's part in an exchange, composed into `ActivePlugins`. */
export interface PluginEffect {
  /** Absent = every endpoint. */
  readonly mayEditRequest?: (endpoint: PluginEndpoint) => boolean;
  readonly editRequest?: (request: ChatRequest, endpoint: PluginEndpoint) => PluginResult<ChatRequest>;
  readonly editReply?: (response: ChatResponse) => PluginResult<ChatResponse>;
  readonly openStreamEdit?: () => StreamEdit;
}

/** What a plugin did before planning, and its part in what follows. */
export interface PreparedPlugin {
  readonly effect: PluginEffect;
  readonly notes: readonly Note[];
  readonly stages: readonly PluginStage[];
  readonly usage: UsageCounts;
  readonly addedPromptTokens: number;
}

export type { PluginWish };
