import { describe, expect, test } from 'bun:test';
import type { Outcome } from './exchange.ts';
import { NAIVE } from './naive.ts';
import { formatDay } from './report.ts';
import { buildRequests } from './requests.ts';
import { type Scenario, shortDay } from './scenarios.ts';
import { scoreDay } from './score.ts';
import { SIGNALBOX } from './signalbox.ts';
import { type SentAttempt, simulate } from './simulate.ts';
import type { Strategy } from './strategy.ts';

const MOST_ATTEMPTS = 4;
const STRATEGIES = [SIGNALBOX, ...NAIVE];

interface Run {
  readonly outcomes: readonly Outcome[];
  readonly sent: readonly SentAttempt[];
}

function liveThrough(scenario: Scenario, strategy: Strategy): Run {
  const sent: SentAttempt[] = [];
  const outcomes = simulate({
    scenario,
    requests: buildRequests(scenario),
    strategy,
    mostAttempts: MOST_ATTEMPTS,
    onAttempt: (attempt) => sent.push(attempt),
  });
  return { outcomes, sent };
}

/** The first quarter of an hour: with an outage, a host that hangs and a slow one. */
function morning(seed: number): Scenario {
  return { ...shortDay(seed), durationMs: 15 * 60_000, requestsPerSecond: 1.5 };
}

function table(scenario: Scenario): string {
  const requests = buildRequests(scenario);
  return formatDay(
    STRATEGIES.map((strategy) => ({
      name: strategy.name,
      score: scoreDay(requests, liveThrough(scenario, strategy).outcomes),
      tolls: [],
    })),
  );
}

describe('a simulated day', () => {
  test('is the same for the same seed, to the last digit, and another one for another seed', () => {
    const first = table(morning(7));
    expect(table(morning(7))).toBe(first);
    expect(table(morning(8))).not.toBe(first);
  });

  const requests = buildRequests(morning(1));
  for (const strategy of STRATEGIES) {
    const { outcomes, sent } = liveThrough(morning(1), strategy);

    test(`ends every request exactly once under ${strategy.name}, with as many attempts as were sent`, () => {
      expect(outcomes.length).toBe(requests.length);
      const byRequest = Map.groupBy(sent, ({ request }) => request.id);
      const wrong = requests.filter(({ id }) => {
        const outcome = outcomes[id];
        const attempts = byRequest.get(id) ?? [];
        const last = attempts.at(-1)?.course;
        const end = last?.kind === 'answers' ? (last.isCut ? 'cut' : 'answered') : 'failed';
        const isWithin = attempts.length >= 1 && attempts.length <= MOST_ATTEMPTS;
        return outcome?.kind !== end || outcome.attempts !== attempts.length || !isWithin;
      });
      expect(wrong).toEqual([]);
    });

    test(`sends no attempt above the caller's caps and to no model that he did not name under ${strategy.name}`, () => {
      expect(sent.some(({ request }) => request.kind === 'capped')).toBe(true);
      const wrong = sent.filter(({ request: { demand }, endpoint: { endpoint } }) => {
        const { prompt = endpoint.pricing.prompt, completion = endpoint.pricing.completion } =
          demand.preferences.maxPrice ?? {};
        const isDear = endpoint.pricing.prompt > prompt || endpoint.pricing.completion > completion;
        return isDear || !demand.models.includes(endpoint.modelId);
      });
      expect(wrong).toEqual([]);
    });

    test(`tries no endpoint of a request again under ${strategy.name}, but with another key`, () => {
      const tries = [...Map.groupBy(sent, ({ request, endpoint }) => `${request.id} ${endpoint.index}`).values()];
      expect(tries.filter((own) => own.length > (own[0]?.endpoint.facts.keys ?? 0))).toEqual([]);
    });
  }

  test('gives every strategy the same requests at the same times', () => {
    const arrivals = STRATEGIES.map((strategy) => {
      const { sent } = liveThrough(morning(3), strategy);
      const first = new Map<number, number>();
      for (const { request, atMs } of sent) if (!first.has(request.id)) first.set(request.id, atMs);
      return [...first];
    });
    for (const other of arrivals) expect(other).toEqual(arrivals[0] ?? []);
  });
});
