/**
 * The core's chat vocabulary: what every dialect decodes into and encodes from. It says everything OpenRouter's chat
 * contract says (OpenRouter's API), in our own names; what a grammar adds rides in `extras`.
 */
import type { Json, JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

// ---- request ----

export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  readonly sampling: Sampling;
  readonly maxOutputTokens?: number;
  readonly reasoning?: ReasoningRequest;
  readonly verbosity?: string;
  readonly modalities?: readonly string[];
  /** Top-level automatic prompt caching. */
  readonly cacheControl?: CacheControl;
  readonly promptCacheKey?: string;
  /** The end user's id, for abuse isolation. */
  readonly user?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly serviceTier?: string;
  readonly stream: boolean;
  /** Known fields of the client's grammar that only some grammars can say (audio, prediction, image_config, …). */
  readonly options: JsonObject;
  /** Top-level fields that nobody knows: forwarded on relay, dropped with a note on translate. */
  readonly extras: JsonObject;
}

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly topA?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
  readonly logitBias?: Readonly<Record<string, number>>;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  readonly stop?: readonly string[];
  /** Number of choices. */
  readonly n?: number;
}

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** OpenRouter's `reasoning` in all its forms, folded into one (OpenRouter's API). */
export interface ReasoningRequest {
  /** false where the caller turned reasoning off (`enabled: false` or effort `none`). */
  readonly enabled: boolean;
  /** True where nothing was asked but how to show it (`exclude`, `summary`): the model's own default stands. */
  readonly byDefault?: boolean;
  readonly effort?: Effort;
  readonly maxTokens?: number;
  /** Compute but do not return. */
  readonly exclude: boolean;
  readonly summary?: string;
}

export interface CacheControl {
  readonly ttl?: '5m' | '1h';
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface SystemMessage {
  readonly role: 'system' | 'developer';
  readonly content: readonly Part[];
  readonly name?: string;
}
export interface UserMessage {
  readonly role: 'user';
  readonly content: readonly Part[];
  readonly name?: string;
}
/**
 * One turn of the model reads: reasoning, then content, then tool calls. Where a grammar says them in another order
 * (thinking between texts) the turn is several messages in a row, each in this order; who writes a grammar of one message a
 * turn joins them.
 */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: readonly Part[];
  readonly toolCalls: readonly ToolCall[];
  readonly reasoning?: string;
  readonly reasoningDetails: readonly ReasoningDetail[];
  readonly refusal?: string;
  readonly name?: string;
}
export interface ToolMessage {
  readonly role: 'tool';
  readonly toolCallId: string;
  readonly content: readonly Part[];
  readonly name?: string;
  readonly isError?: boolean;
  readonly cacheControl?: CacheControl;
}

export type Part = TextPart | ImagePart | FilePart | AudioPart | VideoPart;

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly cacheControl?: CacheControl;
}
export interface ImagePart {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail?: string;
  readonly cacheControl?: CacheControl;
}
export interface FilePart {
  readonly type: 'file';
  readonly source: MediaSource | { readonly kind: 'id'; readonly id: string };
  readonly filename?: string;
  readonly cacheControl?: CacheControl;
}
export interface AudioPart {
  readonly type: 'audio';
  readonly base64: string;
  /** Short name as OpenAI's: wav, mp3, flac, … */
  readonly format: string;
  readonly cacheControl?: CacheControl;
}
export interface VideoPart {
  readonly type: 'video';
  readonly source: MediaSource;
  readonly cacheControl?: CacheControl;
}
export type MediaSource =
  /** `mediaType` where the caller says what stands at the address; most grammars do not. */
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  | { readonly kind: 'data'; readonly mediaType: string; readonly base64: string };

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
  /**
   * The model writes free text instead of JSON arguments, in `format` (a grammar) where it is given. A grammar without such
   * tools is given a function in its place (dialects/shared/custom-tools.ts).
   */
  readonly custom?: { readonly format?: JsonObject };
  readonly cacheControl?: CacheControl;
}

export type ToolChoice =
  | { readonly type: 'none' | 'auto' | 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it; not necessarily valid. Free text where `custom`. */
  readonly arguments: string;
  /** A call of a custom tool. */
  readonly custom?: true;
}

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly description?: string;
      readonly schema?: JsonObject;
      readonly strict?: boolean;
    }
  /** grammar, python, … : kept by value for hosts that know them. */
  | { readonly type: 'other'; readonly value: JsonObject };

/** One item of `reasoning_details`, replayed unmodified and in order to an endpoint of the same format only. */
export type ReasoningDetail =
  | {
      readonly type: 'reasoning.text';
      readonly text?: string | null;
      readonly signature?: string | null;
      readonly id?: string | null;
      readonly format?: string | null;
      readonly index?: number;
    }
  | {
      readonly type: 'reasoning.summary';
      readonly summary: string;
      readonly id?: string | null;
      readonly format?: string | null;
      readonly index?: number;
    }
  | {
      readonly type: 'reasoning.encrypted';
      readonly data: string;
      readonly id?: string | null;
      readonly format?: string | null;
      readonly index?: number;
    };

// ---- response ----

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error';

export interface ChatResponse {
  /** The provider's own id. */
  readonly upstreamId?: string;
  readonly upstreamModel?: string;
  readonly createdSeconds?: number;
  readonly systemFingerprint?: string;
  readonly serviceTier?: string;
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
}

export interface Choice {
  readonly index: number;
  readonly content: string | null;
  readonly reasoning: string | null;
  readonly reasoningDetails: readonly ReasoningDetail[];
  readonly toolCalls: readonly ToolCall[];
  readonly refusal: string | null;
  /** Generated images as URLs (http or data). */
  readonly images: readonly string[];
  readonly audio?: AudioOutput;
  readonly annotations: readonly Json[];
  readonly logprobs?: Json;
  readonly finishReason: FinishReason | null;
  /** The provider's raw value. */
  readonly nativeFinishReason: string | null;
  /** In which order the parts came; absent = reasoning, content, tool calls. Read with `blocksOf` (core/blocks.ts). */
  readonly order?: readonly Run[];
}

/** A run of like parts: how many reasoning details, characters of content, or tool calls it takes next. */
export interface Run {
  readonly of: 'reasoning' | 'content' | 'tools';
  readonly count: number;
}

export interface AudioOutput {
  readonly id?: string;
  readonly data?: string;
  readonly transcript?: string;
  readonly expiresAt?: number;
}
