/**
 * Anthropic's Messages grammar as far as we write it (https://docs.claude.com/en/api/messages; docs/sources.md). Types of what
 * we read stand beside their reader: replies of compatible hosts are parsed, not trusted.
 */
import type { JsonObject } from '../../core/json.ts';
import type { WireThinkingConfig } from '../shared/claude/thinking.ts';

/** The oldest version every host of this grammar takes. `2026-10-21` refuses sampling parameters and adds nothing we send. */
export const ANTHROPIC_VERSION = '2023-06-01';

export type WireCacheControl = { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' };

export type WireText = {
  readonly type: 'text';
  readonly text: string;
  readonly cache_control?: WireCacheControl | undefined;
};

export type WireImage = {
  readonly type: 'image';
  readonly source:
    | { readonly type: 'url'; readonly url: string }
    | { readonly type: 'base64'; readonly media_type: string; readonly data: string };
  readonly cache_control?: WireCacheControl | undefined;
};

export type WireDocument = {
  readonly type: 'document';
  readonly source:
    | { readonly type: 'url'; readonly url: string }
    | { readonly type: 'base64'; readonly media_type: 'application/pdf'; readonly data: string }
    | { readonly type: 'text'; readonly media_type: 'text/plain'; readonly data: string }
    | { readonly type: 'file'; readonly file_id: string };
  readonly title?: string;
  readonly cache_control?: WireCacheControl | undefined;
};

export type WireThinking = { readonly type: 'thinking'; readonly thinking: string; readonly signature: string };
export type WireRedactedThinking = { readonly type: 'redacted_thinking'; readonly data: string };

export type WireToolUse = {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
};

/** What a user turn and a tool result may hold. */
export type WireContent = WireText | WireImage | WireDocument;

export type WireToolResult = {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content?: string | readonly WireContent[];
  readonly is_error?: boolean;
  readonly cache_control?: WireCacheControl | undefined;
};

export type WireBlock = WireContent | WireThinking | WireRedactedThinking | WireToolUse | WireToolResult;

export type WireMessage = { readonly role: 'user' | 'assistant'; readonly content: readonly WireBlock[] };

export type WireTool = {
  readonly name: string;
  readonly description?: string;
  readonly input_schema: JsonObject;
  readonly strict?: boolean;
  readonly cache_control?: WireCacheControl | undefined;
};

export type WireToolChoice = {
  readonly type: 'auto' | 'any' | 'tool' | 'none';
  readonly name?: string;
  readonly disable_parallel_tool_use?: boolean;
};

export type MessagesBody = {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly WireMessage[];
  readonly system?: readonly WireText[];
  readonly tools?: readonly WireTool[];
  readonly tool_choice?: WireToolChoice;
  readonly thinking?: WireThinkingConfig;
  readonly output_config?: {
    readonly effort?: string;
    readonly format?: { readonly type: 'json_schema'; readonly schema: JsonObject };
  };
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop_sequences?: readonly string[];
  readonly metadata?: { readonly user_id: string };
  readonly service_tier?: 'auto' | 'standard_only';
  readonly speed?: 'fast';
  readonly cache_control?: WireCacheControl | undefined;
  readonly stream?: boolean;
};
