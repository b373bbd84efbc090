/** wire → core for a whole reply of any host of this grammar (docs/sources.md). */
import type { ChatResponse, Choice, ToolCall } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { tierServed } from '../shared/gateway/service-tier.ts';
import { carriesError, decodeErrorValue } from '../shared/openai/errors.ts';
import { finishWithCalls, toFinishReason } from '../shared/openai/finish-reason.ts';
import { decodeLogprobs } from '../shared/openai/logprobs.ts';
import { decodeUsage } from '../shared/openai/usage.ts';
import { inventedId } from '../shared/upstream/tool-ids.ts';
import { argumentsOf, audioOf, citationsOf, contentOf, imagesOf, reasoningOf } from './content.ts';
import { openThinkSplitter } from './think-tags.ts';

/**
 * wire → core.
 * @throws GatewayError `provider.bad_answer` where the body is no answer, or the error that the body carries
 */
export function decodeChatResponse(body: Json, context: UpstreamContext): ChatResponse {
  const { providerName } = context.host;
  if (!isJsonObject(body)) throw badAnswer(providerName, 'is no JSON object');
  if (carriesError(body)) throw decodeErrorValue(body, context);
  const choices = (arrayAt(body, 'choices') ?? []).filter(isJsonObject);
  if (choices.length === 0) throw badAnswer(providerName, 'has no choices');
  const upstreamId = stringAt(body, 'id');
  const citations = citationsOf(body);
  const rawUsage = objectAt(body, 'usage') ?? objectAt(choices[0] ?? {}, 'usage');
  const usage = rawUsage && decodeUsage(rawUsage, context.host);
  return {
    ...headOf(body),
    choices: choices.map((choice, at) => decodeChoice(choice, at, upstreamId, citations, context)),
    ...(usage && { usage }),
  };
}

function badAnswer(providerName: string, what: string): GatewayError {
  return new GatewayError('provider.bad_answer', `${providerName}'s reply ${what}.`, { providerName });
}

/** What a reply and each frame of a stream say about themselves. */
export function headOf(body: JsonObject): Omit<ChatResponse, 'choices' | 'usage'> {
  const upstreamId = stringAt(body, 'id');
  const upstreamModel = stringAt(body, 'model');
  const created = numberAt(body, 'created');
  const systemFingerprint = stringAt(body, 'system_fingerprint');
  const serviceTier = tierServed(stringAt(body, 'service_tier') ?? '');
  return {
    ...(upstreamId && { upstreamId }),
    ...(upstreamModel && { upstreamModel }),
    ...(created !== undefined && { createdSeconds: Math.floor(created) }),
    ...(systemFingerprint && { systemFingerprint }),
    ...(serviceTier && { serviceTier }),
  };
}

function decodeChoice(
  choice: JsonObject,
  at: number,
  upstreamId: string | undefined,
  citations: readonly Json[],
  context: UpstreamContext,
): Choice {
  const { quirks } = context.host;
  const message = objectAt(choice, 'message') ?? objectAt(choice, 'delta') ?? { content: choice['text'] ?? null };
  const index = numberAt(choice, 'index') ?? at;
  const content = contentOf(message['content']);
  const split = quirks.thinkTags ? splitThinking(content.text) : { text: content.text, reasoning: '' };
  const thinking = content.thinking || split.reasoning;
  const reasoning = reasoningOf(message, thinking, quirks.reasoningFormat ?? 'unknown');
  const toolCalls = decodeToolCalls(message, upstreamId, index);
  const audio = audioOf(message);
  const annotations = arrayAt(message, 'annotations') ?? [];
  const logprobs = decodeLogprobs(choice['logprobs']);
  const native = stringAt(choice, 'finish_reason');
  const isEmpty = message['content'] === null || message['content'] === undefined;
  return {
    index,
    content: isEmpty ? null : split.text,
    reasoning: reasoning?.text || null,
    reasoningDetails: reasoning?.details ?? [],
    toolCalls,
    refusal: stringAt(message, 'refusal') || null,
    images: [...content.images, ...imagesOf(message)],
    ...(audio && { audio }),
    annotations: annotations.length > 0 ? annotations : citations,
    ...(logprobs && { logprobs }),
    // A whole reply that names no reason has ended all the same (Snowflake sends '').
    finishReason: finishWithCalls(native ? toFinishReason(native) : 'stop', toolCalls.length > 0),
    nativeFinishReason: stringAt(choice, 'native_finish_reason') ?? native ?? null,
  };
}

function splitThinking(text: string): { readonly text: string; readonly reasoning: string } {
  const splitter = openThinkSplitter();
  const pieces = [...splitter.push(text), ...splitter.end()];
  const of = (kind: 'text' | 'reasoning') => pieces.map((piece) => (piece.kind === kind ? piece.text : '')).join('');
  return { text: of('text'), reasoning: of('reasoning') };
}

function decodeToolCalls(message: JsonObject, upstreamId: string | undefined, choice: number): readonly ToolCall[] {
  const wire = message['tool_calls'];
  const listed = (Array.isArray(wire) ? wire : isJsonObject(wire) ? [wire] : []).filter(isJsonObject);
  const calls = listed.map((call, at) => decodeToolCall(call, inventedId(upstreamId, choice, at)));
  const legacy = objectAt(message, 'function_call');
  // Snowflake sends the member with an empty name.
  if (calls.length === 0 && legacy && stringAt(legacy, 'name')) {
    calls.push(decodeToolCall({ function: legacy }, inventedId(upstreamId, choice, 0)));
  }
  return calls;
}

function decodeToolCall(call: JsonObject, fallbackId: string): ToolCall {
  const id = stringAt(call, 'id') || fallbackId;
  const fn = objectAt(call, 'function');
  const custom = objectAt(call, 'custom');
  if (custom && !stringAt(fn ?? {}, 'name')) {
    // As the tool was offered: a function with one string argument.
    return { id, name: stringAt(custom, 'name') ?? '', arguments: stringAt(custom, 'input') ?? '', custom: true };
  }
  // Old Cloudflare models put name and arguments beside the id.
  const source = fn ?? call;
  return { id, name: stringAt(source, 'name') ?? '', arguments: argumentsOf(source['arguments']) };
}
