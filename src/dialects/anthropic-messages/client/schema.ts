/**
 * The messages request on the wire: Anthropic's grammar (https://docs.claude.com/en/api/messages) with the additions of
 * OpenRouter's API. The schemas only check: their output is thrown away and the caller's own value goes on, so unknown
 * fields, unknown kinds of blocks and key order survive at every level.
 *
 * `nullish` nearly everywhere: clients generated from typed models send `null` for what they do not set.
 */
import { z } from 'zod';
import type { JsonObject } from '../../../core/json.ts';
import { oneOf, type WireUnknown } from '../../shared/client/one-of.ts';
import { cacheControl, flag, jsonObject } from '../../shared/client/wire-schema.ts';
import { gatewayFields } from '../../shared/gateway/fields.ts';

const optionalText = z.string().nullish();
const mark = { cache_control: cacheControl };

// ---- content blocks ----

const textBlock = z.object({ type: z.literal('text'), text: z.string(), ...mark });

const imageSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
  z.object({ type: z.literal('url'), url: z.string() }),
  z.object({ type: z.literal('file'), file_id: z.string() }),
]);
const imageBlock = z.object({ type: z.literal('image'), source: imageSource, ...mark });

/** What a document may be made of instead of a file. */
const innerBlock = oneOf({ text: textBlock, image: imageBlock }, undefined);
const documentSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base64'), media_type: optionalText, data: z.string() }),
  z.object({ type: z.literal('url'), url: z.string() }),
  z.object({ type: z.literal('text'), media_type: optionalText, data: z.string() }),
  z.object({ type: z.literal('content'), content: z.union([z.string(), z.array(innerBlock)]) }),
  z.object({ type: z.literal('file'), file_id: z.string() }),
]);
const documentBlock = z.object({
  type: z.literal('document'),
  source: documentSource,
  title: optionalText,
  context: optionalText,
  citations: jsonObject.nullish(),
  ...mark,
});
const searchResultBlock = z.object({
  type: z.literal('search_result'),
  source: z.string(),
  title: z.string(),
  content: z.array(innerBlock),
  ...mark,
});
const toolReferenceBlock = z.object({ type: z.literal('tool_reference'), tool_name: z.string(), ...mark });

const shownBlocks = {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: searchResultBlock,
  tool_reference: toolReferenceBlock,
};
const resultBlock = oneOf(shownBlocks, undefined);

const blocks = {
  ...shownBlocks,
  thinking: z.object({ type: z.literal('thinking'), thinking: z.string(), signature: optionalText }),
  redacted_thinking: z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
  tool_use: z.object({
    type: z.literal('tool_use'),
    id: z.string().min(1),
    name: z.string().min(1),
    input: jsonObject,
    ...mark,
  }),
  tool_result: z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string().min(1),
    content: z.union([z.string(), z.array(resultBlock)]).nullish(),
    is_error: flag,
    ...mark,
  }),
  /** A file for the code that the model runs at the grammar's owner. */
  container_upload: z.object({ type: z.literal('container_upload'), file_id: z.string().min(1), ...mark }),
  /** What the model remembered of a conversation that grew too long. */
  compaction: z.object({ type: z.literal('compaction'), content: optionalText, ...mark }),
};

type Blocks = { [Type in keyof typeof blocks]: z.infer<(typeof blocks)[Type]> };
export type WireImageBlock = Blocks['image'];
export type WireDocumentBlock = Blocks['document'];
export type WireSearchResultBlock = Blocks['search_result'];
export type WireThinkingBlock = Blocks['thinking'];
export type WireToolResultBlock = Blocks['tool_result'];
export type WireKnownBlock = Blocks[keyof Blocks];
export type WireClientBlock = WireKnownBlock | WireUnknown;

/** Whether the core has words for the block; tools that the owner's API runs, and what is newer, it has none for. */
export function isKnownBlock(block: WireClientBlock): block is WireKnownBlock {
  return Object.hasOwn(blocks, block.type);
}

const content = z.union([z.string(), z.array(oneOf(blocks, undefined))]);

// ---- messages ----

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content }),
  z.object({ role: z.literal('assistant'), content }),
  // Instructions in the course of the conversation, which newer models take.
  z.object({ role: z.literal('system'), content }),
]);
export type WireClientMessage = z.infer<typeof message>;
export type WireContentOf = WireClientMessage['content'];

// ---- tools ----

/** `type` decides what else must be there; parse.ts checks that, so that the message can name the field. */
const tool = z.object({
  type: optionalText,
  name: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,128}$/, '1 to 128 of the characters a-z A-Z 0-9 _ -')
    .nullish(),
  description: optionalText,
  input_schema: jsonObject.nullish(),
  strict: flag,
  defer_loading: flag,
  eager_input_streaming: flag,
  input_examples: z.array(jsonObject).nullish(),
  allowed_callers: z.array(z.string()).nullish(),
  ...mark,
});
export type WireClientTool = z.infer<typeof tool>;

const toolChoice = z.object({ type: z.string(), name: optionalText, disable_parallel_tool_use: flag });
export type WireClientToolChoice = z.infer<typeof toolChoice>;

// ---- thinking and output ----

/** `omitted`, or a way to show it; previews bring new ways (Claude Code's `updates` under `thinking-display-updates-2026-08-18`). */
const display = z.string().nullish();
const thinking = z.discriminatedUnion('type', [
  z.object({ type: z.literal('enabled'), budget_tokens: z.int().min(0), display }),
  z.object({ type: z.literal('adaptive'), display }),
  z.object({ type: z.literal('between_tools') }),
  z.object({ type: z.literal('disabled') }),
]);
export type WireThinkingWish = z.infer<typeof thinking>;

const outputFormat = z.object({ type: z.literal('json_schema'), schema: jsonObject, name: optionalText });
export type WireOutputFormat = z.infer<typeof outputFormat>;
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

// ---- the request ----

export const messagesFields = z.object({
  ...gatewayFields,
  model: optionalText,
  messages: z.array(message).min(1),
  // Required by the grammar's owner; OpenRouter's API fills it in.
  max_tokens: z.int().min(0).nullish(),
  system: z.union([z.string(), z.array(oneOf({ text: textBlock }, undefined))]).nullish(),
  stream: flag,
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  // -1 is how older frameworks say that they leave it to the model.
  top_p: z.number().min(-1).max(1).nullish(),
  top_k: z.int().min(-1).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  thinking: thinking.nullish(),
  output_config: z.object({ effort: z.enum(EFFORTS).nullish(), format: outputFormat.nullish() }).nullish(),
  /** The older place of `output_config.format`. */
  output_format: outputFormat.nullish(),
  metadata: z.object({ user_id: optionalText }).nullish(),
  user: optionalText,
  service_tier: optionalText,
  speed: optionalText,
  cache_control: cacheControl,
  context_management: jsonObject.nullish(),
  mcp_servers: z.array(jsonObject).nullish(),
  container: z.union([z.string(), jsonObject]).nullish(),
  inference_geo: optionalText,
  diagnostics: jsonObject.nullish(),
  fallbacks: z
    .array(z.object({ model: z.string() }))
    .max(3)
    .nullish(),
});
export type MessagesFields = z.infer<typeof messagesFields>;

/** The caller's own value, whose known fields have been checked. */
export type WireMessagesRequest = JsonObject & MessagesFields;
