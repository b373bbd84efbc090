/**
 * The hosts as a strategy meets them: what happens to an attempt depends on the hour, on the load that this strategy puts on the
 * endpoint, on what its cache holds, and on draws that belong to the request; never on who else was drawn before.
 */
import { GatewayError, type GatewayErrorDetails } from '../../src/core/errors.ts';
import { createDraws, type Draws } from './draw.ts';
import type { SimEndpoint } from './hosts.ts';
import { type Condition, conditionAt, type Incident } from './incidents.ts';
import type { SimRequest } from './requests.ts';
import type { Scenario } from './scenarios.ts';

const MINUTE_MS = 60_000;
/** How long it takes to say no. */
const REFUSAL_MS = 15;
const LIMITED_MS = 60;
const BAD_KEY_MS = 80;
const UNAVAILABLE_MS = 120;
const SLOWEST_FAILURE_MS = 2000;
/** Prompt tokens read in the time that a short prompt's first token takes; cached ones are not read. */
const PROMPT_TOKENS_PER_FIRST_TOKEN = 8000;
/** Caches miss now and then although they should not: another machine behind the same address. */
const CACHE_MISSES = 0.05;
/** No attempt waits longer for its first byte, whoever sends it. */
export const FIRST_BYTE_MS = 20_000;

/** How an attempt goes, known from its beginning. */
export type Course =
  | { readonly kind: 'fails'; readonly afterMs: number; readonly error: GatewayError }
  | {
      readonly kind: 'answers';
      readonly firstTokenMs: number;
      readonly generationMs: number;
      /** Cut after `generationMs`. */
      readonly isCut: boolean;
      readonly cachedTokens: number;
      readonly cacheWriteTokens: number;
      readonly badTool: boolean;
    };

export interface World {
  /** An attempt is sent with one of the endpoint's keys, by its place. The endpoint carries it until `ended`. */
  begin(request: SimRequest, endpoint: SimEndpoint, key: number): Course;
  ended(endpoint: SimEndpoint): void;
  /** The endpoint has read the prompt: its cache holds it from now on. */
  hasRead(request: SimRequest, endpoint: SimEndpoint): void;
}

interface Load {
  inFlight: number;
  /** By key: requests within its current minute. */
  readonly minutes: { startMs: number; count: number }[];
  /** By conversation. */
  readonly caches: Map<number, { tokens: number; untilMs: number }>;
  readonly incidents: readonly Incident[];
}

export interface WorldOptions {
  readonly scenario: Scenario;
  readonly endpoints: readonly SimEndpoint[];
  readonly now: () => number;
}

export function createWorld(options: WorldOptions): World {
  return new ScriptedWorld(options);
}

class ScriptedWorld implements World {
  readonly #scenario: Scenario;
  readonly #now: () => number;
  readonly #draws: Draws;
  readonly #loads: readonly Load[];

  constructor({ scenario, endpoints, now }: WorldOptions) {
    this.#scenario = scenario;
    this.#now = now;
    this.#draws = createDraws(scenario.seed);
    this.#loads = endpoints.map(({ facts, credentialIds }) => ({
      inFlight: 0,
      minutes: credentialIds.map(() => ({ startMs: 0, count: 0 })),
      caches: new Map(),
      incidents: scenario.incidents.filter(({ hosts }) => hosts.includes(facts.name)),
    }));
  }

  begin(request: SimRequest, endpoint: SimEndpoint, key: number): Course {
    const nowMs = this.#now();
    const load = this.#loadOf(endpoint);
    const condition = conditionAt(load.incidents, nowMs - this.#scenario.startMs);
    load.inFlight++;
    return (
      failureOf(condition, endpoint, key) ??
      this.#limited(load, endpoint, key, condition) ??
      this.#brokenDown(request, endpoint, condition) ??
      this.#answer(request, endpoint, condition)
    );
  }

  ended(endpoint: SimEndpoint): void {
    this.#loadOf(endpoint).inFlight--;
  }

  hasRead({ conversation, promptTokens }: SimRequest, endpoint: SimEndpoint): void {
    const { cacheLifeMs } = endpoint.facts;
    if (!conversation || cacheLifeMs === undefined) return;
    this.#loadOf(endpoint).caches.set(conversation.id, { tokens: promptTokens, untilMs: this.#now() + cacheLifeMs });
  }

  #loadOf({ index, facts }: SimEndpoint): Load {
    const load = this.#loads[index];
    if (!load) throw new Error(`${facts.name} is not of this world.`);
    return load;
  }

  /** 429 beyond the limit of the key's minute, 503 beyond what the host can carry at all. */
  #limited(load: Load, { facts }: SimEndpoint, key: number, { limits }: Condition): Course | undefined {
    const { capacity } = this.#scenario;
    const minute = load.minutes[key];
    const nowMs = this.#now();
    const startMs = nowMs - (nowMs % MINUTE_MS);
    if (minute && minute.startMs !== startMs) Object.assign(minute, { startMs, count: 0 });
    if (minute && minute.count >= facts.perMinute * limits * capacity) {
      const hint = facts.tellsRetryAfter ? { retryAfterMs: startMs + MINUTE_MS - nowMs } : {};
      return fails(LIMITED_MS, 'provider.rate_limited', { providerStatus: 429, ...hint });
    }
    if (minute) minute.count++;
    if (load.inFlight <= 2 * facts.parallel * capacity) return undefined;
    return fails(UNAVAILABLE_MS, 'provider.overloaded', { providerStatus: 503 });
  }

  #brokenDown({ id }: SimRequest, { index, facts }: SimEndpoint, { failing }: Condition): Course | undefined {
    if (this.#draws.of(id, index, 'failure') >= Math.max(facts.failing, failing)) return undefined;
    const afterMs = REFUSAL_MS + Math.round(this.#draws.of(id, index, 'failureTime') * SLOWEST_FAILURE_MS);
    return fails(afterMs, 'provider.failed', { providerStatus: 500 });
  }

  #answer(request: SimRequest, endpoint: SimEndpoint, { slowness, cut, badTools }: Condition): Course {
    const { facts, index } = endpoint;
    const { id, promptTokens, outputTokens, callsTool } = request;
    const load = this.#loadOf(endpoint);
    const cachedTokens = this.#cachedTokens(request, endpoint);
    const busy = load.inFlight / (facts.parallel * this.#scenario.capacity);
    const reading = 1 + (promptTokens - cachedTokens) / PROMPT_TOKENS_PER_FIRST_TOKEN;
    const crowding = slowness * (1 + busy * busy);
    const luck = this.#draws.around(facts.firstTokenSigma, id, index, 'latency');
    const firstTokenMs = Math.round(facts.firstTokenMs * luck * reading * crowding);
    if (firstTokenMs > FIRST_BYTE_MS) return fails(FIRST_BYTE_MS, 'provider.timeout');
    const tokensPerSecond = (facts.tokensPerSecond * this.#draws.around(0.25, id, index, 'speed')) / crowding;
    const isCut = this.#draws.of(id, index, 'cut') < Math.max(facts.cut, cut);
    const part = isCut ? this.#draws.of(id, index, 'cutPlace') : 1;
    return {
      kind: 'answers',
      firstTokenMs,
      generationMs: Math.round((part * outputTokens * 1000) / tokensPerSecond),
      isCut,
      cachedTokens,
      cacheWriteTokens: facts.cacheWrite === undefined ? 0 : promptTokens - cachedTokens,
      badTool: callsTool && this.#draws.of(id, index, 'badTool') < Math.max(facts.badTools, badTools),
    };
  }

  #cachedTokens({ id, conversation, promptTokens }: SimRequest, endpoint: SimEndpoint): number {
    const cache = conversation && this.#loadOf(endpoint).caches.get(conversation.id);
    if (!cache || cache.untilMs <= this.#now()) return 0;
    return this.#draws.of(id, endpoint.index, 'cacheMiss') < CACHE_MISSES ? 0 : Math.min(cache.tokens, promptTokens);
  }
}

/** What needs no request to be seen: the host is down, or the key is bad. */
function failureOf(condition: Condition, { facts }: SimEndpoint, key: number): Course | undefined {
  const { down, retryAfterMs, badKey } = condition;
  switch (down) {
    case 'refuses':
      return fails(REFUSAL_MS, 'provider.unreachable');
    case 'hangs':
      return fails(FIRST_BYTE_MS, 'provider.timeout');
    case 'unavailable':
      return fails(UNAVAILABLE_MS, 'provider.overloaded', {
        providerStatus: 503,
        ...(retryAfterMs !== undefined && facts.tellsRetryAfter && { retryAfterMs }),
      });
    case 'flaps':
      return fails(UNAVAILABLE_MS, 'provider.failed', { providerStatus: 500 });
    case null:
      break;
  }
  if (badKey === 'all' || badKey === key) return fails(BAD_KEY_MS, 'provider.credential', { providerStatus: 401 });
  return undefined;
}

type FailureCode =
  | 'provider.unreachable'
  | 'provider.timeout'
  | 'provider.overloaded'
  | 'provider.failed'
  | 'provider.rate_limited'
  | 'provider.credential';

function fails(afterMs: number, code: FailureCode, details: GatewayErrorDetails = {}): Course {
  return { kind: 'fails', afterMs, error: new GatewayError(code, 'A scripted failure.', details) };
}
