/** wire → core for a whole reply. */
import type { ChatResponse } from '../../../core/chat.ts';
import { openFold } from '../../../core/fold.ts';
import { isJsonObject, type Json } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { refusedAnswer } from './errors.ts';
import { ResponseReader } from './response-reader.ts';

/** @throws GatewayError the error that the body carries, or `provider.bad_answer` where it is no finished response */
export function decodeResponsesResponse(body: Json, context: UpstreamContext): ChatResponse {
  const refused = refusedAnswer(body, context);
  if (refused) throw refused;
  const fold = openFold();
  if (isJsonObject(body)) for (const event of new ResponseReader(context).finish(body)) fold.push(event);
  return fold.response();
}
