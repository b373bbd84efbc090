/**
 * Core request → Messages body (docs/sources.md). The order matters: limits and reasoning first, since they decide what
 * sampling, tools and prefill may be.
 */
import type { ChatRequest } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import type { HostQuirks, ModelTraits } from '../host.ts';
import { endForModel, needsThinkingFirst, type TextBlocks } from '../shared/claude/ending.ts';
import { encodeSampling } from '../shared/claude/sampling.ts';
import { encodeFormat } from '../shared/claude/schema-output.ts';
import { type EncodedReasoning, encodeReasoning } from '../shared/claude/thinking.ts';
import { SERVER_TOOL_CHOICE, SERVER_TOOLS } from '../shared/gateway/server-tools.ts';
import { type NoteSink, openNotebook } from '../shared/notebook.ts';
import { inHostForm } from './host-form.ts';
import { betaHeader, FAST_MODE_BETA, FILES_BETA } from './request/betas.ts';
import { limitCacheMarks } from './request/cache-marks.ts';
import { toWireCache } from './request/media.ts';
import { type EncodedConversation, encodeConversation } from './request/messages.ts';
import { isOwnExtra, runsOwnTools, withOwnExtras } from './request/own-extras.ts';
import { encodeTier } from './request/tier.ts';
import { encodeTools } from './request/tools.ts';
import { ANTHROPIC_VERSION, type MessagesBody, type WireBlock } from './wire-types.ts';

/** `max_tokens` is required; this is sent where neither the caller nor the catalogue knows a limit. All models take it. */
export const DEFAULT_MAX_TOKENS = 8192;

/** @throws GatewayError `client.invalid_request` naming the field, where content cannot be said (see `unsayable`) */
export function encodeRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const notes = openNotebook();
  const conversation = encodeConversation(request, context, notes);
  const reasoning = chooseReasoning(request, context.traits, conversation, notes);
  const { thinking, effort } = reasoning;
  const tools = encodeTools(request, context, thinking?.type === 'enabled', notes);
  const { schema, instruction } = encodeFormat(request.responseFormat, context.traits.jsonSchema !== false, notes);
  const tier = encodeTier(request.serviceTier, context.serviceTier, notes);
  const thinks = thinking !== undefined && thinking.type !== 'disabled';
  const messages = endForModel(conversation.messages, context.traits.prefill !== false && !thinks, TEXT, notes);
  const system = instruction
    ? [...conversation.system, { type: 'text' as const, text: instruction }]
    : conversation.system;
  const body: MessagesBody = {
    model: context.upstreamModel,
    max_tokens: reasoning.maxTokens,
    ...(system.length > 0 && { system }),
    messages,
    ...tools,
    ...(thinking && { thinking }),
    ...((effort !== undefined || schema) && {
      output_config: {
        ...(effort !== undefined && { effort }),
        ...(schema && { format: { type: 'json_schema' as const, schema } }),
      },
    }),
    ...encodeSampling(request, context, thinking, notes),
    ...(request.user && { metadata: { user_id: request.user } }),
    ...tier,
    ...toWireCache(request.cacheControl),
    ...(request.stream && { stream: true }),
  };
  noteUnknown(request, notes);
  const { quirks } = context.host;
  const limited = limitCacheMarks(body, quirks.cacheControl !== false, notes);
  const value = {
    path: '/messages',
    headers: {
      'anthropic-version': ANTHROPIC_VERSION,
      ...betaHeader([
        ...(conversation.usesFileIds ? [FILES_BETA] : []),
        ...(tier.speed ? [FAST_MODE_BETA] : []),
        ...(context.betas ?? []),
      ]),
    },
    body: applyQuirks(withOwnExtras(limited, request.extras), quirks, notes),
  };
  return { value: inHostForm(value, quirks), notes: notes.notes };
}

const TEXT: TextBlocks<WireBlock> = {
  read: (block) => (block.type === 'text' ? block.text : undefined),
  write: (text, like) => ({ ...(like?.type === 'text' && like), type: 'text', text }),
};
const isResult = ({ type }: WireBlock): boolean => type === 'tool_result';
const isThinking = ({ type }: WireBlock): boolean => type === 'thinking' || type === 'redacted_thinking';

function chooseReasoning(
  request: ChatRequest,
  traits: ModelTraits,
  conversation: EncodedConversation,
  notes: NoteSink,
): EncodedReasoning {
  const maxTokens = chooseMaxTokens(request, traits, conversation, notes);
  const chosen = encodeReasoning(request.reasoning, traits, maxTokens, notes);
  if (chosen.thinking?.type !== 'enabled' || !needsThinkingFirst(conversation.messages, isResult, isThinking))
    return chosen;
  notes.add('parameter.dropped', 'reasoning', 'A tool loop begun without signed reasoning must go on without it.');
  return { maxTokens };
}

/** The caller's limit within the model's; without one, what the model can give and the context has left. */
function chooseMaxTokens(
  request: ChatRequest,
  traits: ModelTraits,
  conversation: EncodedConversation,
  notes: NoteSink,
): number {
  const highest = traits.maxOutputTokens;
  const asked = request.maxOutputTokens;
  if (asked !== undefined) {
    if (highest === undefined || asked <= highest) return asked;
    notes.add(
      'parameter.changed',
      'max_tokens',
      `The model gives at most ${highest} tokens; ${asked} was lowered to it.`,
    );
    return highest;
  }
  const wanted = highest ?? DEFAULT_MAX_TOKENS;
  if (traits.contextLength === undefined) return wanted;
  // Models before 4.5 refuse a limit that, with the prompt, exceeds the context. Three characters a token is a cautious guess.
  const promptTokens = Math.ceil(
    JSON.stringify([conversation.system, conversation.messages, request.tools]).length / 3,
  );
  return Math.max(1024, Math.min(wanted, traits.contextLength - promptTokens));
}

function noteUnknown(request: ChatRequest, notes: NoteSink): void {
  const drop = (field: string): void => notes.add('parameter.dropped', field, 'The endpoint has no such parameter.');
  if (request.verbosity !== undefined) drop('verbosity');
  if (request.modalities?.some((modality) => modality !== 'text')) drop('modalities');
  if (request.promptCacheKey !== undefined) drop('prompt_cache_key');
  if (request.metadata && Object.keys(request.metadata).length > 0) drop('metadata');
  for (const [field, value] of Object.entries(request.options)) {
    const isOwn = (field === SERVER_TOOLS || field === SERVER_TOOL_CHOICE) && runsOwnTools(request.extras);
    if (value !== undefined && value !== null && !isOwn) drop(field);
  }
  for (const [field, value] of Object.entries(request.extras))
    if (value !== undefined && !isOwnExtra(field)) drop(field);
}

/** A compatible host's own list of fields it refuses, names differently or wants set. */
function applyQuirks(body: JsonObject, quirks: HostQuirks, notes: NoteSink): JsonObject {
  if (!quirks.rejects && !quirks.renames && !quirks.defaults) return body;
  const sent = Object.entries({ ...quirks.defaults, ...body }).flatMap(([field, value]) => {
    if (!quirks.rejects?.includes(field)) return [[quirks.renames?.[field] ?? field, value] as const];
    notes.add('parameter.dropped', field, 'The host refuses this field.');
    return [];
  });
  return Object.fromEntries(sent);
}
