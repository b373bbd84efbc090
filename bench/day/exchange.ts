/** The life of one request under any strategy: the plan's endpoints in turn until one answers, as `src/pipeline/attempts.ts` goes about it. */
import { priceAt } from '../../src/catalog/price.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { AttemptRef } from '../../src/health/health.ts';
import { chargeFor } from '../../src/ledger/charge.ts';
import type { SimEndpoint } from './hosts.ts';
import type { SimRequest } from './requests.ts';
import type { Answer, Router } from './strategy.ts';
import type { World } from './world.ts';

/** How a request ended. It ends exactly once. */
export type Outcome = Answered | Unanswered;

export interface Answered {
  readonly kind: 'answered';
  readonly attempts: number;
  readonly endpoint: SimEndpoint;
  /** From the request's arrival to the first token of the answer. */
  readonly firstTokenMs: number;
  readonly generationMs: number;
  readonly costNanoUsd: bigint;
  readonly cachedTokens: number;
  readonly badTool: boolean;
}

export interface Unanswered {
  readonly kind: 'failed' | 'cut';
  readonly attempts: number;
}

export interface ExchangePorts {
  readonly router: Router;
  readonly world: World;
  readonly now: () => number;
  readonly mostAttempts: number;
}

/** Yields how long to wait before it is resumed. */
export type Exchange = Generator<number, Outcome, void>;

export function* runExchange(request: SimRequest, ports: ExchangePorts): Exchange {
  const { router, mostAttempts } = ports;
  let attempts = 0;
  for (const endpoint of router.plan(request)) {
    for (const key of router.keysOf(endpoint)) {
      const ref = { endpointId: endpoint.endpoint.id, credentialId: endpoint.credentialIds[key] ?? '' };
      if (attempts >= mostAttempts) return { kind: 'failed', attempts };
      if (!router.mayTry(ref, attempts)) continue;
      attempts++;
      const end = yield* runAttempt(request, { endpoint, key, ref }, ports);
      if (end instanceof GatewayError) {
        if (isAboutTheKey(end)) continue;
        break;
      }
      return end === 'cut' ? { kind: 'cut', attempts } : { ...end, attempts };
    }
  }
  return { kind: 'failed', attempts };
}

interface Target {
  readonly endpoint: SimEndpoint;
  readonly key: number;
  readonly ref: AttemptRef;
}

/** An error leaves the way to the next endpoint open; a cut comes after the first content and ends the request. */
function* runAttempt(
  request: SimRequest,
  { endpoint, key, ref }: Target,
  { router, world, now }: ExchangePorts,
): Generator<number, Omit<Answered, 'attempts'> | 'cut' | GatewayError, void> {
  router.began(ref);
  const course = world.begin(request, endpoint, key);
  if (course.kind === 'fails') {
    yield course.afterMs;
    world.ended(endpoint);
    router.failed(request, ref, course.error);
    return course.error;
  }
  yield course.firstTokenMs;
  const openedAtMs = now();
  router.opened(ref, course.firstTokenMs);
  world.hasRead(request, endpoint);
  yield course.generationMs;
  world.ended(endpoint);
  if (course.isCut) {
    router.broke(request, ref, new GatewayError('provider.truncated', 'A scripted cut.'));
    return 'cut';
  }
  router.finished(request, ref, {
    outputTokens: request.outputTokens,
    generationMs: course.generationMs,
    tools: request.callsTool ? { bad: course.badTool } : null,
  });
  router.remember(request, endpoint, course, openedAtMs);
  return {
    kind: 'answered',
    endpoint,
    firstTokenMs: openedAtMs - request.atMs,
    generationMs: course.generationMs,
    costNanoUsd: costOf(request, endpoint, course, openedAtMs),
    cachedTokens: course.cachedTokens,
    badTool: course.badTool,
  };
}

/** Another key of the same endpoint may be accepted. */
function isAboutTheKey({ code }: GatewayError): boolean {
  return code === 'provider.credential' || code === 'provider.rate_limited';
}

/** What the answer costs by the gateway's own books. */
function costOf(request: SimRequest, { endpoint }: SimEndpoint, answer: Answer, nowMs: number): bigint {
  const { promptTokens, outputTokens } = request;
  const { cachedTokens, cacheWriteTokens } = answer;
  const counts = { promptTokens, completionTokens: outputTokens, cachedTokens, cacheWriteTokens };
  return chargeFor({ counts, estimated: false }, priceAt(endpoint.pricing, { promptTokens, nowMs })).costNanoUsd;
}
