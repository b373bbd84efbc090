/** A whole chat reply → core. */
import type { ChatResponse } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { openFold } from '../../core/fold.ts';
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { errorInside } from './errors.ts';
import { logprobsOf, MessageReader } from './message-reader.ts';

/** @throws GatewayError the error that the body carries, or `provider.bad_answer` where it is no answer */
export function decodeResponse(body: Json, context: UpstreamContext): ChatResponse {
  const { providerName } = context.host;
  if (!isJsonObject(body)) throw badAnswer(providerName, 'answered with something that is not a JSON object');
  const error = errorInside(body, context);
  if (error) throw error;
  const message = objectAt(body, 'message');
  if (!message) throw badAnswer(providerName, 'answered without "message"; check that its base_url ends in /v2');
  const fold = openFold();
  for (const event of eventsOf(body, message, new MessageReader(context))) fold.push(event);
  return fold.response();
}

function badAnswer(providerName: string, what: string): GatewayError {
  return new GatewayError('provider.bad_answer', `${providerName} ${what}.`, { providerName });
}

function* eventsOf(body: JsonObject, message: JsonObject, reader: MessageReader): Generator<ChatEvent> {
  yield* reader.start(body);
  yield* reader.plan(stringAt(message, 'tool_plan') ?? '');
  const { content } = message;
  const blocks = typeof content === 'string' ? [{ text: content }] : isJsonArray(content) ? content : [];
  for (const [index, block] of blocks.entries()) if (isJsonObject(block)) yield* reader.content(index, block);
  const logprobs = logprobsOf(arrayAt(body, 'logprobs') ?? []);
  if (logprobs) yield { type: 'logprobs-delta', choice: 0, logprobs };
  for (const [index, call] of (arrayAt(message, 'tool_calls') ?? []).entries()) {
    if (!isJsonObject(call)) continue;
    yield* reader.openCall(index, call);
    yield* reader.closeCall(index);
  }
  for (const citation of arrayAt(message, 'citations') ?? []) if (isJsonObject(citation)) yield* reader.cite(citation);
  yield* reader.finish(stringAt(body, 'finish_reason') ?? 'COMPLETE', objectAt(body, 'usage'));
}
