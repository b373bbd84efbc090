/** wire → core for a whole reply: one response object, or the array of them that a stream without `alt=sse` is. */
import type { ChatResponse } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { openFold } from '../../core/fold.ts';
import { isJsonArray, type Json } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { openReplyReader } from './reply-reader.ts';

/**
 * Goes through the same reader as a stream, so that both mean the same.
 * @throws GatewayError the error that the body carries, `provider.bad_answer` where it is no answer, `provider.truncated`
 * where an array ends before its answer does
 */
export function decodeResponse(body: Json, context: UpstreamContext): ChatResponse {
  const reader = openReplyReader(context);
  const fold = openFold();
  for (const event of reader.read(body)) fold.push(event);
  if (!reader.isFinished() && isJsonArray(body)) throw truncated(context);
  // A whole object is an ended answer, even from a host that leaves the reason out.
  for (const event of reader.close('STOP')) fold.push(event);
  const response = fold.response();
  if (response.choices.length > 0) return response;
  const { providerName } = context.host;
  throw new GatewayError('provider.bad_answer', `${providerName} sent an answer without candidates.`, { providerName });
}

export function truncated(context: UpstreamContext): GatewayError {
  const { providerName } = context.host;
  return new GatewayError('provider.truncated', `${providerName} broke the answer off before its finish reason.`, {
    providerName,
  });
}
