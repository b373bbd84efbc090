/**
 * What a dialect must know about the host it speaks to. Providers fill it in; dialects read it and know no vendor.
 */

/** How the host counts tokens. Facts that cost money: required, with evidence beside them in the provider file. */
export interface UsageSemantics {
  /** Whether cached input tokens are counted inside the input count. */
  readonly cachedInput: 'inside-input' | 'beside-input';
  /** Whether reasoning tokens are counted inside the output count. `by-total`: decide by comparing with total_tokens. */
  readonly reasoning: 'inside-output' | 'beside-output' | 'by-total';
  /** `authoritative`: the host's reported cost is what we bill (an aggregator upstream). `informative`: kept beside ours. */
  readonly reportsCost: 'authoritative' | 'informative' | false;
}

/** Ways to ask a host for reasoning (docs/sources.md). */
export type ReasoningStyle =
  | 'reasoning_effort'
  /** OpenRouter's own `reasoning` object, passed through. */
  | 'reasoning_object'
  | 'reasoning_enabled_and_effort'
  | 'enable_thinking'
  | 'thinking_type'
  | 'thinking_type_and_effort'
  | 'chat_template_kwargs'
  | 'none';

/** Oddities of a host as data; absent means "as the grammar's owner does". A dialect reads those it knows. */
export interface HostQuirks {
  /** Which of the two output limits the host takes. Default `max_tokens` (the safe one for third parties). */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** True where the host takes role `developer`; otherwise it is sent as `system`. */
  readonly developerRole?: boolean;
  /** Request fields the host refuses: dropped with a note. */
  readonly rejects?: readonly string[];
  /** Request fields the host names differently: ours → theirs. */
  readonly renames?: Readonly<Record<string, string>>;
  /** Fields set on every request unless the caller sent them. */
  readonly defaults?: Readonly<Record<string, string | number | boolean>>;
  readonly reasoningStyle?: ReasoningStyle;
  /**
   * Field in which assistant turns carry reasoning back; `drop` where the host refuses it, `as-written` where nobody knows: a
   * caller in the same grammar knows the host, others' is dropped. Default `drop`.
   */
  readonly reasoningReplay?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'as-written' | 'drop';
  /** False where the host refuses `stream_options`. */
  readonly streamOptions?: boolean;
  /** True where the host takes `stream_options.include_obfuscation: false`. */
  readonly obfuscationOption?: boolean;
  /** False where `strict` on tools is refused. Default true. */
  readonly strictTools?: boolean;
  /**
   * True where the host has all kinds of tools of the grammar's owner (custom tools, namespaces, `allowed_tools`); elsewhere
   * functions stand in for them.
   */
  readonly ownerTools?: boolean;
  /** The host's tool ids must be exactly nine alphanumerics (Mistral and what serves its templates). */
  readonly nineCharacterToolIds?: boolean;
  /** Member that wraps the stream's usage, e.g. `x_groq`. */
  readonly usageWrapper?: string;
  /** Content parts of a type the host wants as a plain string: `image_url` and `input_audio` as in Mistral's grammar. */
  readonly plainMediaUrls?: boolean;
  /** Reasoning arrives inside the content between `<think>` tags. */
  readonly thinkTags?: boolean;
  /** Header that asks for a service tier, where the host ignores the grammar's field for it. */
  readonly tierHeader?: string;
  /** Path prefix of the model in the URL (Vertex, Azure deployments), where the grammar puts the model in the path. */
  readonly modelPathPrefix?: string;
  /**
   * The model stands in the path before one of these verbs and the version in the body, in a grammar that has them elsewhere:
   * Claude on Google Cloud (https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai).
   */
  readonly modelInPath?: { readonly whole: string; readonly stream: string; readonly version: string };
  /** The host needs strictly alternating user/assistant roles. */
  readonly strictAlternation?: boolean;
  /** `reasoning_details[].format` of this host's signed or encrypted reasoning: details of another format are not replayed. */
  readonly reasoningFormat?: string;
  /** True where unknown top-level fields make the host refuse (422): extras are dropped with a note even on relay. */
  readonly refusesUnknownFields?: boolean;
  /** Request fields of its own that such a host knows. */
  readonly ownFields?: readonly string[];
  /** True where the host understands `cache_control` on parts and at the top level. Otherwise it is removed. */
  readonly cacheControl?: boolean;
  /** Highest `temperature` the host takes: larger values are clamped with a note. */
  readonly maxTemperature?: number;
  /** Lowest output limit the host takes: smaller ones are raised with a note. */
  readonly minOutputTokens?: number;
  /** Gateway fields that the host understands itself (it is a gateway too): forwarded instead of removed. */
  readonly gatewayFields?: readonly string[];
  /** True where each stream event repeats the whole text so far: such a stream is decoded, never relayed. */
  readonly cumulativeStream?: boolean;
  /** Where completions are asked for, if not at `/completions`. */
  readonly completionsPath?: string;
  /** Upstream names of the models that are served at the host's completions path; absent = all of them. */
  readonly completionsModels?: readonly string[];
  /** Field set to true on a trailing assistant message so that the host goes on from it: `prefix` or `partial`. */
  readonly prefillField?: string;
  /** The host's words for what embeddings are for (`query`, `document`, …), where it has its own: ours → theirs. */
  readonly inputTypes?: Readonly<Record<string, string>>;
  /**
   * How content other than text is embedded: as OpenRouter's `[{content: [parts]}]`, or as the one message of a conversation
   * (vLLM). Absent = it is not.
   */
  readonly embedsContent?: 'content' | 'messages';
  /** True where vectors come as base64 of signed bytes, whatever was asked for. */
  readonly int8Vectors?: boolean;
  /** True where documents to rerank may be objects with a text, an image or both; absent = texts only. */
  readonly documentObjects?: boolean;
  /** True where `reasoning_content` must be present (empty string if none) on assistant turns with tool calls while thinking. */
  readonly requiresReasoningContent?: boolean;
}

export interface HostProfile {
  /** Opaque provider slug, for messages and notes only. */
  readonly providerId: string;
  /** Display name, for error texts. */
  readonly providerName: string;
  readonly usage: UsageSemantics;
  readonly quirks: HostQuirks;
}

/** Capability facts of a model that decide how a request may be written (docs/sources.md). From the catalogue. */
export interface ModelTraits {
  readonly maxOutputTokens?: number;
  readonly contextLength?: number;
  /** False where the model refuses temperature, top_p and top_k. */
  readonly sampling?: boolean;
  /** False where the model takes temperature and top_p together; others (Claude since 4.5) refuse the pair. */
  readonly oneSamplingParameter?: boolean;
  readonly reasoning?: {
    /** True where reasoning cannot be turned off. */
    readonly mandatory: boolean;
    /** Efforts the model takes, in the grammar's own words; absent where it takes none. */
    readonly efforts?: readonly string[];
    /** True where the model takes a token budget. */
    readonly budget: boolean;
    /** True where the model wants adaptive thinking instead of a budget. */
    readonly adaptive?: boolean;
    /** True where nobody said whether and how it reasons: a caller in the host's own grammar is taken at its word. */
    readonly assumed?: boolean;
  };
  /** False where a trailing assistant message (prefill) is refused. */
  readonly prefill?: boolean;
  /** False where forced tool use is refused. */
  readonly forcedToolUse?: boolean;
  /** False where the model has no native JSON-schema output. */
  readonly jsonSchema?: boolean;
}
