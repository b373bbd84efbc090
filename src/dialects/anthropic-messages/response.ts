/** A whole Messages reply → core. */
import type { ChatResponse } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { openFold } from '../../core/fold.ts';
import { arrayAt, isJsonObject, type Json, objectAt } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { errorInside } from './errors.ts';
import { openMessageReader } from './message-reader.ts';

/** @throws GatewayError the error that the body carries, or `provider.bad_answer` where it is no message */
export function decodeResponse(body: Json, context: UpstreamContext): ChatResponse {
  const { providerName } = context.host;
  if (!isJsonObject(body)) {
    throw new GatewayError(
      'provider.bad_answer',
      `${providerName} answered with something that is not a JSON object.`,
      {
        providerName,
      },
    );
  }
  const error = errorInside(body, context);
  if (error) throw error;
  const content = arrayAt(body, 'content');
  if (!content) {
    throw new GatewayError('provider.bad_answer', `${providerName} answered without "content".`, { providerName });
  }
  const reader = openMessageReader(context);
  const fold = openFold();
  const usage = objectAt(body, 'usage');
  for (const event of reader.start(body, false)) fold.push(event);
  for (const [index, block] of content.entries()) {
    if (!isJsonObject(block)) continue;
    for (const event of reader.openBlock(index, block)) fold.push(event);
    for (const event of reader.closeBlock(index)) fold.push(event);
  }
  for (const event of reader.stopping(body, usage)) fold.push(event);
  for (const event of reader.finish()) fold.push(event);
  return fold.response();
}
