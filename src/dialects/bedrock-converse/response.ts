/** A whole Converse reply → core. */
import type { ChatResponse } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { openFold } from '../../core/fold.ts';
import { arrayAt, isJsonObject, type Json, objectAt, stringAt } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { tierServed } from '../shared/gateway/service-tier.ts';
import { openBlockReader } from './block-reader.ts';
import { errorInside } from './errors.ts';
import { factsOf } from './model-facts.ts';
import { toUsage } from './usage.ts';

/** @throws GatewayError the error that the body carries, or `provider.bad_answer` where it is no message */
export function decodeResponse(body: Json, context: UpstreamContext): ChatResponse {
  const { providerName, usage: semantics } = context.host;
  const bad = (what: string): GatewayError =>
    new GatewayError('provider.bad_answer', `${providerName} answered ${what}.`, { providerName });
  if (!isJsonObject(body)) throw bad('with something that is not a JSON object');
  const error = errorInside(body, context);
  if (error) throw error;
  const content = arrayAt(objectAt(objectAt(body, 'output') ?? {}, 'message') ?? {}, 'content');
  if (!content) throw bad('without "output.message.content"');
  const reader = openBlockReader(factsOf(context).reasoningFormat);
  const fold = openFold();
  const tier = stringAt(objectAt(body, 'serviceTier') ?? {}, 'type');
  fold.push({ type: 'response-start', ...(tier && { serviceTier: tierServed(tier) }) });
  for (const block of content) {
    if (isJsonObject(block)) for (const event of reader.whole(block)) fold.push(event);
  }
  for (const event of reader.finish(stringAt(body, 'stopReason') ?? 'end_turn')) fold.push(event);
  const usage = toUsage(objectAt(body, 'usage') ?? {}, semantics);
  if (usage) fold.push({ type: 'usage', usage });
  return fold.response();
}
