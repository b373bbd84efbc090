/** What an exchange asks of an endpoint: the little that routing and admission need, read from the wire value once. */
import type { JsonObject } from './json.ts';
import type { ProviderPreferences } from './preferences.ts';

export interface Demand {
  /** Requested ids in the caller's order: `model` first, then `models`. Never empty. */
  readonly models: readonly string[];
  /** As the caller said them; the account's defaults are merged by routing. */
  readonly preferences: ProviderPreferences;
  readonly stream: boolean;
  /** Names of the `supported_parameters` vocabulary that the request uses, e.g. `temperature`, `tools`. */
  readonly parameters: readonly string[];
  /** Modalities of the content sent, `text` aside: `image`, `file`, `audio`, `video`. */
  readonly inputModalities: readonly InputModality[];
  /** Modalities asked for. */
  readonly outputModalities: readonly string[];
  readonly maxOutputTokens: number | null;
  /** Rough: characters / 4. For routing prices, never for bills. */
  readonly promptTokensEstimate: number;
  /** The longest prompt that must fit the context, where one request holds several of them; absent = the whole estimate. */
  readonly longestPromptEstimate?: number;
  /** The request's field that holds the content; absent = `messages`. */
  readonly contentField?: string;
  readonly sessionId: string | null;
  readonly promptCacheKey: string | null;
  /** True where the caller marks what is to be cached (`cache_control`): such a request may write a cache. */
  readonly marksCache: boolean;
  readonly user: string | null;
  readonly hasTools: boolean;
  /** As the caller wrote it: `flex`, `priority`, `fast`, `default`, … */
  readonly serviceTier: string | null;
  readonly plugins: readonly PluginWish[];
}

export type InputModality = 'image' | 'file' | 'audio' | 'video';

/** One of `plugins[]`. */
export interface PluginWish {
  readonly id: string;
  readonly enabled: boolean;
  /** The whole object as it was sent. */
  readonly options: JsonObject;
}

/** The texts that open and close a conversation: for sticky sessions and for choosing a model. Read only where needed. */
export interface Opening {
  /** First system or developer message; '' where there is none. */
  readonly system: string;
  /** First message that is neither. */
  readonly first: string;
  /** Last user message. */
  readonly last: string;
  /** `model` on the last assistant message, as the caller sent it back: `pin_model` keeps to it; '' where there is none. */
  readonly lastModel: string;
}
