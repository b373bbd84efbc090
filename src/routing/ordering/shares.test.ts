/** `share` against what the draw does: every plan over a grid of random numbers, counted. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type EndpointHealth, UNMEASURED } from '../../core/health.ts';
import type { ProviderPreferences } from '../../core/preferences.ts';
import { sampleDemand } from '../../core/sample-demand.ts';
import { servedModel, testEndpoint } from '../auto/test-models.ts';
import type { Candidate, RouteQuestion } from '../candidate.ts';
import { planRoute } from '../plan.ts';
import { mergePreferences } from '../preferences.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

interface Host {
  /** USD per million tokens. */
  readonly usd: number;
  readonly state?: 'ready' | 'outage' | 'resting';
  /** Tokens a second. */
  readonly speed?: number;
  readonly isPriority?: boolean;
}

function candidateOf(host: Host, at: number, modelId: string): Candidate {
  const name = `host-${at}`;
  const { model } = servedModel({ id: modelId });
  const endpoint = testEndpoint({ id: modelId, usd: host.usd }, name);
  const policy = { training: false, retentionDays: 0, enforcesPolicy: false, writesCache: false };
  return {
    model,
    endpoint: host.isPriority ? { ...endpoint, serviceTier: 'priority' } : endpoint,
    provider: { id: name, name, weight: 1, ...policy },
  };
}

function healthOf({ state = 'ready', speed }: Host): EndpointHealth {
  return {
    ...UNMEASURED,
    ...(state === 'outage' && { recentAttempts: 4, recentFailures: 4 }),
    ...(state === 'resting' && { restsUntilMs: NOW_MS + 1000 }),
    ...(speed !== undefined && { throughput: { p50: speed, p75: speed, p90: speed, p99: speed } }),
  };
}

interface Case {
  readonly models: readonly (readonly Host[])[];
  readonly preferences?: ProviderPreferences;
  readonly serviceTier?: string;
  /** Index of the host of the first model that holds the conversation's cache. */
  readonly stickyAt?: number;
  readonly isNamed?: boolean;
}

function planAt({ models, preferences = {}, serviceTier, stickyAt, isNamed = true }: Case, point: number) {
  const hosts = new Map<string, Host>();
  const groups = models.map((list, m) => {
    const modelId = `lab/model-${m}`;
    const candidates = list.map((host, at) => candidateOf(host, at, modelId));
    for (const [at, host] of list.entries()) hosts.set(candidates[at]?.endpoint.id ?? '', host);
    return { modelId, candidates };
  });
  const sticky = groups[0]?.candidates[stickyAt ?? -1]?.endpoint.id;
  const question: RouteQuestion = {
    groups,
    demand: sampleDemand({
      models: groups.map(({ modelId }) => modelId),
      preferences,
      serviceTier: serviceTier ?? null,
    }),
    preferences: mergePreferences([preferences]),
    random: { next: () => point },
    nowMs: NOW_MS,
    healthOf: (id) => healthOf(hosts.get(id) ?? { usd: 0 }),
    keyRestsUntilMs: () => 0,
    unsayable: () => [],
    ...(sticky !== undefined && { sticky: { endpointId: sticky, cachedTokens: 0, isNamed } }),
    readsFiles: false,
    fitsContextUpTo: 0,
  };
  return planRoute(question);
}

/** Who stands first of each pool, and what its plan says of everybody's chance. */
function readPlan(each: Case, point: number) {
  const { targets, excluded } = planAt(each, point);
  const poolOf = (group: number): number => (each.preferences?.partition === 'none' ? 0 : group);
  const firsts = new Map<number, string>();
  const shares = new Map<string, number>();
  for (const { candidate, group, share } of targets) {
    if (!firsts.has(poolOf(group))) firsts.set(poolOf(group), candidate.endpoint.id);
    shares.set(candidate.endpoint.id, share);
  }
  for (const { endpointId, share } of excluded) if (share !== undefined) shares.set(endpointId, share);
  return { firsts: [...firsts.values()], shares };
}

const GRID = 200;

/** Shares of the plan and counts over the grid agree; where nothing is drawn the same one is always first. */
function expectTruth(each: Case): void {
  const counts = new Map<string, number>();
  const { shares } = readPlan(each, 0);
  for (let i = 0; i < GRID; i++) {
    const read = readPlan(each, (i + 0.5) / GRID);
    for (const first of read.firsts) counts.set(first, (counts.get(first) ?? 0) + 1 / GRID);
    for (const [id, share] of read.shares) expect(share).toBeCloseTo(shares.get(id) ?? 0, 9);
  }
  for (const [id, count] of counts) {
    const share = shares.get(id) ?? 0;
    const isCertain = share === 0 && count > 1 - 1e-9;
    if (!isCertain) expect(Math.abs(share - count)).toBeLessThan(2 / GRID);
  }
  for (const [id, share] of shares) if (share > 2 / GRID) expect(counts.get(id) ?? 0).toBeGreaterThan(0);
}

describe('share is the chance to be first', () => {
  test('of a plain draw: weight 1/price²', () => {
    const { shares } = readPlan({ models: [[{ usd: 1 }, { usd: 3 }]] }, 0);
    expect([...shares.values()]).toEqual([expect.closeTo(0.9, 9), expect.closeTo(0.1, 9)]);
  });

  test.each<[string, Case]>([
    ['a conversation that stays', { models: [[{ usd: 1 }, { usd: 2 }]], stickyAt: 1 }],
    ['a conversation that moves', { models: [[{ usd: 1 }, { usd: 2 }]], stickyAt: 1, isNamed: false }],
    [
      'priority endpoints come first',
      { models: [[{ usd: 1 }, { usd: 2 }, { usd: 4, isPriority: true }]], serviceTier: 'priority' },
    ],
    [
      'a priority endpoint that rests',
      {
        models: [[{ usd: 1 }, { usd: 2 }, { usd: 4, isPriority: true, state: 'resting' }]],
        serviceTier: 'priority',
      },
    ],
    [
      'one of those drawn among is too slow, and two cost the same',
      {
        models: [
          [
            { usd: 2, speed: 5 },
            { usd: 2, speed: 90 },
            { usd: 2, speed: 80 },
            { usd: 1, speed: 5 },
          ],
        ],
        preferences: { minThroughput: { p50: 50 } },
      },
    ],
    [
      'all of those drawn among are too slow',
      {
        models: [
          [
            { usd: 1, speed: 5 },
            { usd: 2, speed: 5 },
            { usd: 99, speed: 90 },
          ],
        ],
        preferences: { minThroughput: { p50: 50 } },
      },
    ],
    ['only the first is tried', { models: [[{ usd: 1 }, { usd: 2 }]], preferences: { allowFallbacks: false } }],
  ])('%s', (_, each) => {
    expectTruth(each);
  });

  test('in any plan', () => {
    const host = fc.record(
      {
        usd: fc.constantFrom(0, 1, 1, 2, 3, 40),
        state: fc.constantFrom('ready' as const, 'ready' as const, 'outage' as const, 'resting' as const),
        speed: fc.constantFrom(5, 90),
        isPriority: fc.constantFrom(false, false, true),
      },
      { requiredKeys: ['usd'] },
    );
    const preferences = fc.record(
      {
        allowFallbacks: fc.boolean(),
        partition: fc.constantFrom('model' as const, 'none' as const),
        minThroughput: fc.constant({ p50: 50 }),
        sort: fc.constantFrom('price' as const, 'throughput' as const),
      },
      { requiredKeys: [] },
    );
    const cases = fc.record(
      {
        models: fc.array(fc.array(host, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
        preferences,
        serviceTier: fc.constant('priority'),
        stickyAt: fc.integer({ min: 0, max: 3 }),
        isNamed: fc.boolean(),
      },
      { requiredKeys: ['models', 'preferences'] },
    );
    fc.assert(fc.property(cases, expectTruth), { numRuns: 30 });
  });
});
