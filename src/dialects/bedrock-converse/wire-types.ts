/**
 * The Converse grammar as far as we write it (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).
 * Unions are objects with one member. Bytes are base64 text. What we read is parsed where it is read, not trusted.
 */
import type { JsonObject } from '../../core/json.ts';

export type WireCachePoint = { readonly cachePoint: { readonly type: 'default'; readonly ttl?: '5m' | '1h' } };

export type WireText = { readonly text: string };
export type WireJson = { readonly json: JsonObject };

export type WireSource = { readonly bytes: string };
export type WireImage = { readonly image: { readonly format: string; readonly source: WireSource } };
export type WireDocument = {
  readonly document: { readonly format: string; readonly name: string; readonly source: WireSource };
};
export type WireVideo = { readonly video: { readonly format: string; readonly source: WireSource } };
export type WireAudio = { readonly audio: { readonly format: string; readonly source: WireSource } };

/** What a user turn may show. */
export type WireContent = WireText | WireImage | WireDocument | WireVideo | WireAudio;

export type WireReasoning = {
  readonly reasoningContent:
    | { readonly reasoningText: { readonly text: string; readonly signature: string } }
    | { readonly redactedContent: string };
};

export type WireToolUse = {
  readonly toolUse: { readonly toolUseId: string; readonly name: string; readonly input: JsonObject };
};

export type WireToolResult = {
  readonly toolResult: {
    readonly toolUseId: string;
    readonly content: readonly (WireContent | WireJson)[];
    readonly status?: 'error';
  };
};

export type WireBlock = WireContent | WireReasoning | WireToolUse | WireToolResult | WireCachePoint;

export type WireMessage = { readonly role: 'user' | 'assistant'; readonly content: readonly WireBlock[] };

export type WireSystemBlock = WireText | WireCachePoint;

export type WireTool =
  | {
      readonly toolSpec: {
        readonly name: string;
        readonly description?: string;
        readonly inputSchema: { readonly json: JsonObject };
        readonly strict?: boolean;
      };
    }
  | WireCachePoint;

export type WireToolConfig = {
  readonly tools: readonly WireTool[];
  readonly toolChoice?: { readonly any: JsonObject } | { readonly tool: { readonly name: string } };
};

export type WireInference = {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stopSequences?: readonly string[];
};

export type WireOutputConfig = {
  readonly textFormat?: {
    readonly type: 'json_schema';
    readonly structure: {
      readonly jsonSchema: { readonly schema: string; readonly name: string; readonly description?: string };
    };
  };
  readonly effort?: string;
};

export type ConverseBody = {
  readonly messages: readonly WireMessage[];
  readonly system?: readonly WireSystemBlock[];
  readonly inferenceConfig?: WireInference;
  readonly toolConfig?: WireToolConfig;
  readonly outputConfig?: WireOutputConfig;
  /** In the words of the model's own grammar. */
  readonly additionalModelRequestFields?: JsonObject;
  readonly requestMetadata?: Readonly<Record<string, string>>;
  readonly serviceTier?: { readonly type: string };
};
