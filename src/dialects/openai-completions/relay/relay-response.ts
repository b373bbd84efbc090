/** The relay lane's whole reply: ours where we say it, the host's by value where nobody else does. */
import type { ChatResponse } from '../../../core/chat.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt } from '../../../core/json.ts';
import type { RelayContext, SettledUsage } from '../../dialect.ts';
import { encodeUsage } from '../../shared/gateway/usage.ts';
import { headMembers } from '../client/encode.ts';
import { nativeFinishOf, textOf, unknownMembers } from '../upstream/choice.ts';
import { decodeCompletionResponse } from '../upstream/response.ts';
import type { WireCompletionRequest } from '../wire-types.ts';

/** Members that we say ourselves, or absorb. */
export const FRAME_MEMBERS: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'provider',
  'choices',
  'usage',
  'error',
]);
export const CHOICE_MEMBERS: ReadonlySet<string> = new Set([
  'text',
  'index',
  'logprobs',
  'finish_reason',
  'native_finish_reason',
  'delta',
  'message',
]);
const REASONING_MEMBERS: ReadonlySet<string> = new Set(['reasoning', 'reasoning_content', 'reasoning_details']);
const CHOICE_MEMBERS_WITHOUT_REASONING: ReadonlySet<string> = new Set([...CHOICE_MEMBERS, ...REASONING_MEMBERS]);

/** @throws GatewayError where the body is no answer (see decodeCompletionResponse) */
export function relayResponse(
  body: Json,
  context: RelayContext<WireCompletionRequest>,
): { readonly response: ChatResponse; encode(settled: SettledUsage): JsonObject } {
  const response = decodeCompletionResponse(body, context);
  const raw = isJsonObject(body) ? body : {};
  const choices = (arrayAt(raw, 'choices') ?? []).filter(isJsonObject);
  return {
    response,
    encode: (settled) => ({
      ...headMembers(context.head),
      ...unknownMembers(raw, FRAME_MEMBERS),
      choices: response.choices.map(({ index, finishReason }, at) =>
        relayedChoice(choices[at] ?? {}, index, finishReason, context),
      ),
      usage: { ...objectAt(raw, 'usage'), ...encodeUsage(settled) },
      ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
    }),
  };
}

/** A choice as the host wrote it, with its end in OpenRouter's words. */
export function relayedChoice(
  choice: JsonObject,
  index: number,
  finishReason: string | null,
  { head }: RelayContext<WireCompletionRequest>,
): JsonObject {
  const known = head.excludeReasoning ? CHOICE_MEMBERS_WITHOUT_REASONING : CHOICE_MEMBERS;
  return {
    text: textOf(choice),
    index,
    logprobs: choice['logprobs'] ?? null,
    finish_reason: finishReason,
    native_finish_reason: nativeFinishOf(choice) ?? null,
    ...unknownMembers(choice, known),
  };
}
