/** A whole reply → core. */
import type { ChatResponse } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { openFold } from '../../core/fold.ts';
import { isJsonObject, type Json, objectAt } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { carriesError, decodeErrorValue } from '../shared/openai/errors.ts';
import { cutError } from '../shared/upstream/cut-error.ts';
import { ReplyReader } from './reply-reader.ts';

/**
 * @throws GatewayError the error that the body carries, `provider.bad_answer` where it is no answer, `provider.truncated`
 * where it says of itself that it is not done
 */
export function decodeResponse(body: Json, context: UpstreamContext): ChatResponse {
  const { providerName } = context.host;
  if (!isJsonObject(body)) throw badAnswer(providerName, 'answered with something that is not a JSON object');
  if (carriesError(body)) throw decodeErrorValue(body, context);
  if (!objectAt(body, 'message')) {
    throw badAnswer(
      providerName,
      'answered without "message"; check that its base_url is the address of its native API',
    );
  }
  const reader = new ReplyReader(context);
  const fold = openFold();
  for (const event of reader.read(body)) fold.push(event);
  if (!reader.isDone) throw cutError('upstream-end', true, providerName);
  return fold.response();
}

function badAnswer(providerName: string, what: string): GatewayError {
  return new GatewayError('provider.bad_answer', `${providerName} ${what}.`, { providerName });
}
