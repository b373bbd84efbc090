/** A whole reply → core. */
import type { ChatResponse, Choice } from '../../../core/chat.ts';
import { GatewayError } from '../../../core/errors.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { carriesError, decodeErrorValue } from '../../shared/openai/errors.ts';
import { decodeUsage } from '../../shared/openai/usage.ts';
import { toChatLogprobs } from '../logprobs.ts';
import { aboutReply, finishOf, indexOf, nativeFinishOf, reasoningOf, textOf } from './choice.ts';

/** @throws GatewayError the error that the body carries, or `provider.bad_answer` where it is no answer */
export function decodeCompletionResponse(body: Json, context: UpstreamContext): ChatResponse {
  const { providerName } = context.host;
  if (!isJsonObject(body)) throw badAnswer(providerName, 'is no JSON object');
  if (carriesError(body)) throw decodeErrorValue(body, context);
  const choices = (arrayAt(body, 'choices') ?? []).filter(isJsonObject);
  if (choices.length === 0) throw badAnswer(providerName, 'has no choices');
  const raw = objectAt(body, 'usage');
  const usage = raw && decodeUsage(raw, context.host);
  return { ...aboutReply(body), choices: choices.map(decodeChoice), ...(usage && { usage }) };
}

function badAnswer(providerName: string, what: string): GatewayError {
  return new GatewayError('provider.bad_answer', `${providerName}'s reply ${what}.`, { providerName });
}

function decodeChoice(choice: JsonObject, at: number): Choice {
  const reasoning = reasoningOf(choice);
  const logprobs = toChatLogprobs(choice['logprobs']);
  const native = nativeFinishOf(choice);
  return {
    index: indexOf(choice, at),
    content: textOf(choice),
    reasoning: reasoning || null,
    reasoningDetails: reasoning ? [{ type: 'reasoning.text', text: reasoning, format: 'unknown', index: 0 }] : [],
    toolCalls: [],
    refusal: null,
    images: [],
    annotations: [],
    ...(logprobs && { logprobs }),
    finishReason: finishOf(native),
    nativeFinishReason: native ?? null,
  };
}
