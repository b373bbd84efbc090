/**
 * Answers given again (https://openrouter.ai/docs/guides/features/response-caching): a request that asks for it gets what
 * an equal one got, or its own answer is kept for the next. Equal requests at the same time are not joined.
 */
import { cacheKeyOf } from '../../cache/cache-key.ts';
import type { Recording, ResponseCache } from '../../cache/response-cache.ts';
import type { CachedAnswer } from '../../cache/store.ts';
import type { Json } from '../../core/json.ts';
import type { ReplayFace } from '../../dialects/dialect.ts';
import {
  type HitExchange,
  type HitPorts,
  originOf,
  runCached,
  type SettlementWatch,
  watchSettlement,
} from '../../pipeline/cached-exchange.ts';
import type { Reply } from '../../pipeline/exchange.ts';
import { CORS_HEADERS } from '../error-response.ts';
import type { CacheWish } from './cache-wish.ts';

export interface ResponseCachePorts {
  readonly cache: ResponseCache;
  readonly digest: (text: string) => string;
}

/** What a route says about its answers being given again. */
export interface CacheableRoute {
  /** Tells routes apart in the cache. */
  readonly endpoint: string;
  readonly replay: ReplayFace;
  /** Values of request headers that change the answer. */
  readonly variesBy: readonly string[];
}

export interface CacheableRequest<Ports extends HitPorts> extends CacheableRoute {
  readonly exchange: HitExchange;
  readonly wish: CacheWish;
  /** The body's value, after preset expansion. */
  readonly body: Json;
  readonly pipeline: Ports;
  run(pipeline: Ports): Promise<Reply>;
}

export interface CachedReply {
  readonly reply: Reply;
  /** Beside those of any answer. */
  readonly headers: Readonly<Record<string, string>>;
}

const EXPOSED = `${CORS_HEADERS['access-control-expose-headers']}, X-OpenRouter-Cache-Status, X-OpenRouter-Cache-Age, X-OpenRouter-Cache-TTL, X-OpenRouter-Cache-Source-Id`;

/** The reply of the cache, or of `run` with the cache looking on. Never rejects where `run` does not. */
export async function answerThroughCache<Ports extends HitPorts>(
  asked: CacheableRequest<Ports>,
  ports: ResponseCachePorts,
): Promise<CachedReply> {
  const { exchange, wish, pipeline, replay } = asked;
  const cacheKey = keyOf(asked, ports);
  if (wish.clear) ports.cache.remove(cacheKey);
  const nowMs = pipeline.clock.now();
  const answer = ports.cache.find(cacheKey, nowMs);
  if (answer)
    return { reply: await runCached({ exchange, replay, answer }, pipeline), headers: hitHeaders(answer, nowMs) };
  const recording = ports.cache.record();
  const watch = watchSettlement(pipeline, recording.discard);
  const reply = await asked.run(watch.ports);
  const keeping = { cacheKey, wish, watch, recording, cache: ports.cache };
  return { reply: recorded(reply, keeping), headers: missHeaders(wish) };
}

type Question = CacheableRoute & { readonly exchange: HitExchange; readonly body: Json };

function keyOf({ exchange, endpoint, variesBy, body }: Question, { digest }: ResponseCachePorts): string {
  const { caller, demand } = exchange;
  const [model = ''] = demand.models;
  return cacheKeyOf({ keyHash: caller.key.hash, endpoint, model, stream: demand.stream, variesBy, body }, digest);
}

function hitHeaders(answer: CachedAnswer, nowMs: number): Record<string, string> {
  const ageSeconds = Math.max(0, Math.floor((nowMs - answer.storedAtMs) / 1000));
  return {
    'x-openrouter-cache-status': 'HIT',
    'x-openrouter-cache-age': String(ageSeconds),
    'x-openrouter-cache-ttl': String(answer.ttlSeconds - ageSeconds),
    'x-openrouter-cache-source-id': answer.sourceId,
    'access-control-expose-headers': EXPOSED,
  };
}

function missHeaders({ ttlSeconds }: CacheWish): Record<string, string> {
  return {
    'x-openrouter-cache-status': 'MISS',
    'x-openrouter-cache-ttl': String(ttlSeconds),
    'access-control-expose-headers': EXPOSED,
  };
}

// ---- keeping the first answer ----

interface Keeping {
  readonly cacheKey: string;
  readonly wish: CacheWish;
  readonly watch: Pick<SettlementWatch<unknown>, 'complete'>;
  readonly recording: Recording;
  readonly cache: ResponseCache;
}

/** The same reply; it is kept once it has proved complete. Errors are nobody's to be given again. */
function recorded(reply: Reply, keeping: Keeping): Reply {
  switch (reply.kind) {
    case 'error':
      return reply;
    case 'whole':
      keeping.recording.push(reply.body);
      keep('whole', keeping);
      return reply;
    case 'stream':
      return { ...reply, body: recordedBody(reply.body, keeping) };
  }
}

async function* recordedBody(body: AsyncGenerator<string>, keeping: Keeping): AsyncGenerator<string> {
  const { recording, watch } = keeping;
  try {
    let next = await body.next();
    while (!next.done) {
      const text = next.value;
      recording.push(text);
      // Only final frames follow the settlement: the end is known before they leave, so that whoever has read it and
      // asks again finds the answer.
      const after = watch.complete() ? await body.next() : undefined;
      if (after?.done) keep('stream', keeping);
      yield text;
      next = after ?? (await body.next());
    }
  } finally {
    recording.discard();
    await body.return(undefined);
  }
}

function keep(form: CachedAnswer['form'], { cacheKey, wish, watch, recording, cache }: Keeping): void {
  const body = recording.take();
  const record = watch.complete();
  if (!record || !body) return;
  cache.keep(cacheKey, {
    sourceId: record.id,
    form,
    body,
    storedAtMs: record.settledAtMs,
    ttlSeconds: wish.ttlSeconds,
    origin: originOf(record),
  });
}
