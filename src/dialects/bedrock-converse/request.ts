/**
 * Core request → Converse body (docs/sources.md). The order matters: what the model can take first, then the conversation and
 * reasoning, since they decide what sampling, tools and prefill may be.
 */
import type { ChatRequest } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { ServiceTier } from '../../core/service-tier.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { endForModel, type TextBlocks } from '../shared/claude/ending.ts';
import { encodeFormat } from '../shared/claude/schema-output.ts';
import { type Notebook, openNotebook } from '../shared/notebook.ts';
import { withQuirks } from '../shared/upstream/body-quirks.ts';
import { factsOf, type ModelFacts } from './model-facts.ts';
import { limitCachePoints, markLastMessage } from './request/cache-points.ts';
import { type EncodedConversation, encodeConversation } from './request/messages.ts';
import { encodeMetadata } from './request/metadata.ts';
import { type EncodedReasoning, effortFields, encodeReasoning } from './request/reasoning.ts';
import { encodeSampling } from './request/sampling.ts';
import { encodeTools } from './request/tools.ts';
import type { ConverseBody, WireBlock, WireMessage, WireOutputConfig } from './wire-types.ts';

/** @throws GatewayError `client.invalid_request` naming the field, where content cannot be said (see `unsayable`) */
export function encodeRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const notes = openNotebook();
  const facts = factsOf(context);
  const body = limitCachePoints(encodeBody(request, context, facts, notes), notes);
  noteUnknown(request, notes);
  const operation = request.stream ? 'converse-stream' : 'converse';
  return {
    value: {
      path: `/model/${encodeURIComponent(context.upstreamModel)}/${operation}`,
      headers: {},
      body: withQuirks(body, context.host, notes),
    },
    notes: notes.notes,
  };
}

function encodeBody(request: ChatRequest, context: UpstreamContext, facts: ModelFacts, notes: Notebook): ConverseBody {
  const conversation = encodeConversation(request, facts, notes);
  const reasoning = encodeReasoning(request, conversation.messages, context, facts, notes);
  const { schema, instruction } = encodeFormat(request.responseFormat, facts.schema, notes);
  const sampling = encodeSampling(request, context, facts.family, reasoning, notes);
  const { toolConfig, ownChoice } = encodeTools(
    request,
    conversation.messages,
    { facts, budgetThinking: reasoning.thinking?.type === 'enabled', strictTools: takesStrict(facts, context) },
    notes,
  );
  const fields: JsonObject = {
    ...sampling.fields,
    ...reasoning.fields,
    ...effortFields(reasoning.effort, schema !== undefined),
    ...(ownChoice && { tool_choice: ownChoice }),
  };
  const inference = {
    ...(reasoning.maxTokens !== undefined && { maxTokens: reasoning.maxTokens }),
    ...sampling.inference,
  };
  const { system, messages } = instructed(conversation, instruction, facts);
  const body: ConverseBody = {
    messages: endMessages(messages, facts, reasoning, notes),
    ...(system.length > 0 && { system }),
    ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
    ...(toolConfig && { toolConfig }),
    ...(schema && { outputConfig: encodeOutput(request, schema, reasoning.effort) }),
    ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
    ...encodeMetadata(request, notes),
    ...encodeTier(request.serviceTier, context.serviceTier, notes),
  };
  return request.cacheControl ? markLastMessage(body, facts, request.cacheControl, notes) : body;
}

/** An instruction of ours ends the system prompt, or the last user message where the model takes no system prompt. */
function instructed(
  { system, messages }: EncodedConversation,
  instruction: string | undefined,
  { systemPrompt }: ModelFacts,
): EncodedConversation {
  if (instruction === undefined) return { system, messages };
  const block = { text: instruction };
  if (systemPrompt) return { system: [...system, block], messages };
  const at = messages.findLastIndex(({ role }) => role === 'user');
  const said = messages.map((message, index) =>
    index === at ? { ...message, content: [...message.content, block] } : message,
  );
  return { system, messages: said };
}

function takesStrict(facts: ModelFacts, { host }: UpstreamContext): boolean {
  return facts.schema && host.quirks.strictTools !== false;
}

const TEXT: TextBlocks<WireBlock> = {
  read: (block) => ('text' in block ? block.text : undefined),
  write: (text) => ({ text }),
};

function endMessages(
  messages: readonly WireMessage[],
  facts: ModelFacts,
  { thinking }: EncodedReasoning,
  notes: Notebook,
): readonly WireMessage[] {
  const thinks = thinking !== undefined && thinking.type !== 'disabled';
  return endForModel(messages, facts.prefill && !thinks, TEXT, notes);
}

function encodeOutput(request: ChatRequest, schema: JsonObject, effort: string | undefined): WireOutputConfig {
  const format = request.responseFormat;
  const name = format?.type === 'json_schema' ? format.name : 'answer';
  return {
    textFormat: {
      type: 'json_schema',
      structure: {
        jsonSchema: {
          schema: JSON.stringify(schema),
          name,
          ...(format?.type === 'json_schema' && format.description && { description: format.description }),
        },
      },
    },
    ...(effort !== undefined && { effort }),
  };
}

/** A tier priced apart is asked for only where it is the endpoint's own: its price was planned with. */
function encodeTier(
  asked: string | undefined,
  tier: ServiceTier | undefined,
  notes: Notebook,
): Pick<ConverseBody, 'serviceTier'> {
  if (tier) return { serviceTier: { type: tier } };
  switch (asked) {
    case undefined:
    case 'auto':
      return {};
    case 'default':
    case 'standard':
      return { serviceTier: { type: 'default' } };
    default:
      notes.add('parameter.dropped', 'service_tier', `This endpoint has no tier ${asked}; it serves its standard one.`);
      return {};
  }
}

function noteUnknown(request: ChatRequest, notes: Notebook): void {
  const drop = (field: string): void => notes.add('parameter.dropped', field, 'The endpoint has no such parameter.');
  if (request.verbosity !== undefined) drop('verbosity');
  if (request.modalities?.some((modality) => modality !== 'text')) drop('modalities');
  if (request.promptCacheKey !== undefined) drop('prompt_cache_key');
  for (const [field, value] of Object.entries(request.options)) if (value !== undefined && value !== null) drop(field);
  for (const [field, value] of Object.entries(request.extras)) if (value !== undefined) drop(field);
}
