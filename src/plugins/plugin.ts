/**
 * Plugins: what a caller may ask the gateway to do with a request or a reply (OpenRouter's API, `plugins[]`). Written on the core's
 * words, so that one plugin serves every client and upstream grammar. A plugin that acts puts the exchange on the translate
 * lane; one that would change nothing leaves it on the relay lane.
 */
import type { ChatRequest, ChatResponse } from '../core/chat.ts';
import type { PluginWish } from '../core/demand.ts';
import type { Note } from '../core/note.ts';

/** What the plugins of one exchange do, decided once. Absent members act on nothing. */
export interface ActivePlugins {
  /** For each target, when its turn comes: the request this endpoint is sent. Pure; the same object = nothing to change. */
  readonly editRequest?: (request: ChatRequest, endpoint: PluginEndpoint) => PluginResult<ChatRequest>;
  /** For a whole reply. Pure; the same object = nothing to change. */
  readonly editReply?: (response: ChatResponse) => PluginResult<ChatResponse>;
  /** True where files no longer count as content an endpoint must take: they are turned into text where it does not. */
  readonly readsFiles: boolean;
  /** True where the prompt is fitted to the endpoint: its length excludes nothing. */
  readonly fitsPrompt: boolean;
}

export interface PluginEndpoint {
  readonly contextLength: number;
  readonly maxOutputTokens: number | null;
  readonly inputModalities: readonly string[];
  readonly outputModalities: readonly string[];
}

export interface PluginResult<T> {
  readonly value: T;
  readonly notes: readonly Note[];
  /** What `openrouter_metadata.pipeline` and the generation say was done; [] where nothing was. */
  readonly stages: readonly PluginStage[];
}

/** One entry of `openrouter_metadata.pipeline` (OpenRouter's API). */
export interface PluginStage {
  readonly type: 'guardrail' | 'plugin' | 'server_tools' | 'response_healing' | 'context_compression';
  readonly name: string;
  readonly summary: string;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

export type { PluginWish };
