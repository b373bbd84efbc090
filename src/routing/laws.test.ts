/** What holds for every plan, over arbitrary questions, against the rules said a second time (oracle.fixture.ts). */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { seededRandom } from '../core/ids.ts';
import type { Entry } from './candidate.ts';
import { type LabCandidate, planOf, questionOf } from './lab.fixture.ts';
import { noEndpoints } from './no-endpoints.ts';
import {
  expectedOf,
  fallbacksAllowed,
  isResting,
  isTooSlow,
  names,
  objectionsTo,
  orderAsked,
  sortAsked,
  sortKey,
  sortsAcrossModels,
  tierWanted,
} from './oracle.fixture.ts';
import { planRoute } from './plan.ts';
import { type AnyAsk, anyAsk, anyCapped, anyOrder } from './questions.fixture.ts';

type Target = Entry<LabCandidate>;

const idOf = ({ endpoint }: LabCandidate): string => endpoint.id;
const sorted = (ids: readonly string[]): readonly string[] => ids.toSorted();

/** Seeded, so that a run is like the last one. */
function always(asks: fc.Arbitrary<AnyAsk>, seed: number, law: (ask: AnyAsk) => void): void {
  fc.assert(fc.property(asks, law), { seed, numRuns: 200 });
}

/** Each pair of targets, the earlier one first. */
function everyPair(ask: AnyAsk, law: (earlier: Target, later: Target) => void): void {
  const { targets } = planOf(ask);
  targets.forEach((later, at) => {
    for (const earlier of targets.slice(0, at)) law(earlier, later);
  });
}

/** Both stand in the same part of the list: what is too slow, and what rests behind it, goes to its end. */
function isSamePart(one: Target, other: Target, ask: AnyAsk): boolean {
  return isTooSlow(one, ask) === isTooSlow(other, ask) && isResting(one) === isResting(other);
}

/** The targets are those the oracle expects. Returns how many. */
function expectServed(ask: AnyAsk): number {
  const ids = planOf(ask).targets.map(({ candidate }) => idOf(candidate));
  const expected = expectedOf(ask);
  if (fallbacksAllowed(ask) || orderAsked(ask).length > 0) {
    expect(sorted(ids)).toEqual(sorted(expected.flat().map(idOf)));
    return ids.length;
  }
  for (const model of expected) {
    const own = model.map(idOf).filter((id) => ids.includes(id));
    expect(own).toHaveLength(Math.min(1, model.length));
  }
  expect(ids).toHaveLength(expected.filter((model) => model.length > 0).length);
  return ids.length;
}

describe('who serves', () => {
  test('exactly those whom no rule keeps out; the first of each model alone where there are no fallbacks', () => {
    let served = 0;
    always(anyAsk, 11, (ask) => {
      served += expectServed(ask);
    });
    // The law is not kept by having nothing to say.
    expect(served).toBeGreaterThan(200);
  });

  test('nobody at whom any usage, at any length and moment, may be charged above a cap; everybody else', () => {
    let served = 0;
    always(anyCapped, 15, (ask) => {
      served += expectServed(ask);
    });
    expect(served).toBeGreaterThan(200);
  });

  test('nobody twice, and everybody is either a target or excluded, once, with a reason that is true', () => {
    const rules = new Map<string, number>();
    always(anyAsk, 12, (ask) => {
      const question = questionOf(ask);
      const { targets, excluded } = planRoute(question);
      const all = question.groups.flatMap(({ candidates }) => candidates);
      const told = [
        ...targets.map(({ candidate }) => idOf(candidate)),
        ...excluded.map(({ endpointId }) => endpointId),
      ];
      expect(sorted(told)).toEqual(sorted(all.map(idOf)));
      for (const { endpointId, excludedBy, because, modelId, providerName, field } of excluded) {
        const candidate = all.find(({ endpoint }) => endpoint.id === endpointId);
        expect(candidate).toMatchObject({ model: { id: modelId }, provider: { name: providerName } });
        expect(because).not.toBe('');
        expect(field).toBeString();
        rules.set(excludedBy, (rules.get(excludedBy) ?? 0) + 1);
        const objections = candidate ? objectionsTo(candidate, ask) : new Set();
        // What is only preferred, and fallbacks that are not wanted, keep out those whom no rule does.
        if (objections.size > 0) expect(objections).toContain(excludedBy);
      }
    });
    expect([...rules.keys()].sort()).toEqual([
      'allow_fallbacks',
      'allowed_providers',
      'capability',
      'context_length',
      'data_policy:training',
      'data_policy:zdr',
      'distillable',
      'ignored_providers',
      'max_price',
      'max_tokens',
      'prefer_parameters',
      'quantization',
      'require_parameters',
      'service_tier',
    ]);
  });

  test('where nobody may, the 404 names what keeps each one out', () => {
    let refused = 0;
    always(anyAsk, 13, (ask) => {
      const { targets, excluded } = planOf(ask);
      if (targets.length > 0) return;
      refused++;
      const { status, message, details } = noEndpoints(Object.keys(ask.models), excluded);
      expect(status).toBe(404);
      expect(details.availability).toMatchObject({ retryable: false, requested_models: Object.keys(ask.models) });
      if (excluded.length === 0) {
        expect(details.availability).toMatchObject({ code: 'no_endpoints' });
        return;
      }
      const rules = new Set(excluded.map(({ excludedBy }) => excludedBy));
      const isPrivacy = [...rules].every((rule) => rule.startsWith('data_policy:'));
      expect(details.availability).toMatchObject({
        code: isPrivacy ? 'privacy_restricted' : 'constraint_filtered',
        excluded_by: [...rules],
      });
      for (const { providerName, because } of excluded) expect(message).toContain(`${providerName}: ${because}`);
      expect(details.metadata?.['excluded']).toHaveLength(excluded.length);
    });
    expect(refused).toBeGreaterThan(10);
  });

  test('neither the order of the catalogue nor health nor the draw decides who', () => {
    always(anyAsk, 14, (ask) => {
      if (!fallbacksAllowed(ask)) return;
      const idsOf = (one: AnyAsk) => sorted(planOf(one).targets.map(({ candidate }) => idOf(candidate)));
      const models = Object.fromEntries(
        Object.entries(ask.models).map(([id, hosts]) => [
          id,
          hosts.toReversed().map(({ health: _, ...host }) => ({ ...host, state: 'ready' as const })),
        ]),
      );
      expect(idsOf({ ...ask, models, point: 0.5 })).toEqual(idsOf(ask));
    });
  });
});

describe('in which order', () => {
  test('an earlier model first, unless models are sorted together or an endpoint is too slow', () => {
    always(anyOrder, 21, (ask) => {
      if (sortsAcrossModels(ask) && Object.keys(ask.models).length > 1) return;
      everyPair(ask, (earlier, later) => {
        if (earlier.group <= later.group) return;
        expect(isTooSlow(later, ask) || isResting(later)).toBe(true);
      });
    });
  });

  test('within a model what rests comes last, in every mode', () => {
    always(anyOrder, 22, (ask) => {
      everyPair(ask, (earlier, later) => {
        if (earlier.group === later.group && isResting(earlier)) expect(isResting(later)).toBe(true);
      });
    });
  });

  test('too slow ones come behind all that are not, unless all are', () => {
    always(anyOrder, 23, (ask) => {
      everyPair(ask, (earlier, later) => {
        if (isTooSlow(earlier, ask) && !isTooSlow(later, ask)) expect(isResting(later)).toBe(true);
      });
    });
  });

  test('provider.order, as far as it names them', () => {
    always(anyOrder, 24, (ask) => {
      const order = orderAsked(ask);
      if (order.length === 0) return;
      const placeOf = ({ candidate }: Target): number => {
        const place = order.findIndex((slug) => names(slug, candidate));
        return place < 0 ? order.length : place;
      };
      everyPair(ask, (earlier, later) => {
        if (!isSamePart(earlier, later, ask)) return;
        if (earlier.group !== later.group && !sortsAcrossModels(ask)) return;
        expect(placeOf(earlier)).toBeLessThanOrEqual(placeOf(later));
      });
    });
  });

  test('a sort, within a model or across them', () => {
    let compared = 0;
    always(anyOrder, 25, (ask) => {
      const sort = sortAsked(ask);
      if (sort === null || orderAsked(ask).length > 0 || tierWanted(ask) === 'priority') return;
      everyPair(ask, (earlier, later) => {
        if (!isSamePart(earlier, later, ask)) return;
        if (earlier.group !== later.group && !sortsAcrossModels(ask)) return;
        compared++;
        const [a, b] = [sortKey(earlier, sort), sortKey(later, sort)];
        const at = a.findIndex((value, i) => value !== b[i]);
        if (at >= 0) expect(a[at]).toBeLessThan(b[at] ?? Number.NaN);
      });
    });
    expect(compared).toBeGreaterThan(100);
  });

  test('the priority tier first where it is asked for, the fastest of it first', () => {
    always(anyOrder, 26, (ask) => {
      if (tierWanted(ask) !== 'priority' || orderAsked(ask).length > 0) return;
      const isPriority = ({ candidate }: Target): boolean => candidate.host.tier === 'priority';
      everyPair(ask, (earlier, later) => {
        if (!isSamePart(earlier, later, ask) || earlier.group !== later.group) return;
        if (!isPriority(earlier)) expect(isPriority(later)).toBe(false);
        else if (isPriority(later))
          expect(sortKey(earlier, 'throughput')[0]).toBeLessThanOrEqual(sortKey(later, 'throughput')[0] ?? Number.NaN);
      });
    });
  });

  test('balanced: an outage behind the ready; behind the first, the cheaper first', () => {
    always(anyOrder, 27, (ask) => {
      const isBalanced = sortAsked(ask) === null && orderAsked(ask).length === 0 && tierWanted(ask) === null;
      if (!isBalanced || ask.demand.hasTools || ask.sticky) return;
      const places = ['ready', 'slow', 'outage', 'resting'];
      const { targets } = planOf(ask);
      everyPair(ask, (earlier, later) => {
        if (!isSamePart(earlier, later, ask)) return;
        if (earlier.group !== later.group && !sortsAcrossModels(ask)) return;
        expect(places.indexOf(earlier.standing)).toBeLessThanOrEqual(places.indexOf(later.standing));
        const isFirst = targets.findIndex(({ group }) => group === earlier.group) === targets.indexOf(earlier);
        const isOfItsSort = earlier.standing === later.standing;
        if (!isFirst && isOfItsSort && earlier.share === 0)
          expect(earlier.costPico).toBeLessThanOrEqual(later.costPico);
      });
    });
  });

  test('a conversation first of its model where its endpoint is ready and has a name', () => {
    let stayed = 0;
    always(anyOrder, 28, (ask) => {
      const question = questionOf({ ...ask, ...(ask.sticky && { sticky: { ...ask.sticky, isNamed: true } }) });
      const { targets } = planRoute(question);
      const isBalanced = sortAsked(ask) === null && orderAsked(ask).length === 0 && tierWanted(ask) === null;
      const held = targets.find(({ candidate }) => idOf(candidate) === question.sticky?.endpointId);
      if (!isBalanced || held?.standing !== 'ready' || sortsAcrossModels(ask) || isTooSlow(held, ask)) return;
      stayed++;
      expect(targets.find(({ group }) => group === held.group)).toBe(held);
    });
    expect(stayed).toBeGreaterThan(5);
  });
});

describe('a plan is a value of its question', () => {
  test('the same question with the same seed gives the same plan, and is left as it was', () => {
    always(anyAsk, 31, (ask) => {
      const question = deepFrozen(questionOf(ask));
      const plan = () => planRoute({ ...question, random: seededRandom(5) });
      expect(plan()).toEqual(plan());
    });
  });

  test('shares are chances: none is negative, and those of a model are one in all or none', () => {
    always(anyOrder, 32, (ask) => {
      const { targets, excluded } = planOf(ask);
      const isOnePool = sortsAcrossModels(ask);
      const sums = new Map<string, number>();
      const add = (model: string, share: number): void => {
        expect(share).toBeGreaterThanOrEqual(0);
        const pool = isOnePool ? '' : model;
        sums.set(pool, (sums.get(pool) ?? 0) + share);
      };
      for (const { candidate, share } of targets) add(candidate.model.id, share);
      for (const { modelId, share = 0 } of excluded) add(modelId, share);
      for (const sum of sums.values()) expect(Math.min(Math.abs(sum), Math.abs(sum - 1))).toBeLessThan(1e-9);
    });
  });
});

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFrozen(member);
  return value;
}
