import { describe, expect, test } from 'bun:test';
import type { Answered, Outcome } from './exchange.ts';
import { buildEndpoints, type SimEndpoint } from './hosts.ts';
import { METRICS } from './metrics.ts';
import { type DayResult, formatDay, formatVerdicts } from './report.ts';
import { buildRequests, type SimRequest } from './requests.ts';
import { shortDay } from './scenarios.ts';
import { type Score, scoreDay } from './score.ts';

const MINUTE_MS = 60_000;
const endpoints = buildEndpoints();
const patterns = buildRequests(shortDay());

function endpointAt(index: number): SimEndpoint {
  const endpoint = endpoints[index];
  if (!endpoint) throw new Error(`No endpoint ${index}.`);
  return endpoint;
}

function requestOf(id: number, facts: Partial<SimRequest> = {}): SimRequest {
  const pattern = patterns.find(({ kind, demand }) => kind === 'plain' && !demand.hasTools);
  if (!pattern) throw new Error('No plain request.');
  return { ...pattern, atMs: id * MINUTE_MS, callsTool: false, conversation: null, ...facts, id };
}

function answered(facts: Partial<Answered> = {}): Answered {
  return {
    kind: 'answered',
    attempts: 1,
    endpoint: endpointAt(0),
    firstTokenMs: 100,
    generationMs: 1000,
    costNanoUsd: 1_000_000n,
    cachedTokens: 0,
    badTool: false,
    ...facts,
  };
}

function scoreOf(cases: readonly (readonly [facts: Partial<SimRequest>, outcome: Outcome])[]): Score {
  return scoreDay(
    cases.map(([facts], id) => requestOf(id, facts)),
    cases.map(([, outcome]) => outcome),
  );
}

describe('a score', () => {
  test('counts what was answered, what was cut and how many attempts it took', () => {
    const score = scoreOf([
      [{}, answered()],
      [{}, answered({ attempts: 3, firstTokenMs: 10_001 })],
      [{}, { kind: 'cut', attempts: 1 }],
      [{}, { kind: 'failed', attempts: 4 }],
    ]);
    expect(score).toMatchObject({ requests: 4, answered: 2, cut: 1, availability: 0.5, soonAvailability: 0.25 });
    expect(score.attemptsPerRequest).toBe(9 / 4);
  });

  test('finds the worst five minutes, and those with most attempts', () => {
    // A request a minute: windows of five.
    const cases = Array.from({ length: 15 }, (_, i): readonly [Partial<SimRequest>, Outcome] => [
      {},
      i === 6 || i === 8 ? { kind: 'failed', attempts: 4 } : answered(),
    ]);
    const score = scoreOf(cases);
    expect(score.worstAvailability).toBe(3 / 5);
    expect(score.mostAttemptsPerRequest).toBe(11 / 5);
  });

  test('takes percentiles of the first token by nearest rank', () => {
    const score = scoreOf(Array.from({ length: 100 }, (_, i) => [{}, answered({ firstTokenMs: 100 - i })]));
    expect([score.p50Ms, score.p95Ms, score.p99Ms]).toEqual([50, 95, 99]);
  });

  test('adds costs up exactly, with tools and without', () => {
    const withTools = { demand: { ...requestOf(0).demand, hasTools: true } };
    const score = scoreOf([
      [{}, answered({ costNanoUsd: 1n })],
      [{}, answered({ costNanoUsd: 2n })],
      [withTools, answered({ costNanoUsd: 9n })],
      [{}, { kind: 'failed', attempts: 1 }],
    ]);
    expect(score.costUsd).toBe(12 / 1e9);
    expect(score.meanCostUsd).toBeCloseTo(4e-9, 15);
    expect(score.meanCostUsdWithoutTools).toBeCloseTo(1.5e-9, 15);
    expect(score.meanCostUsdWithTools).toBeCloseTo(9e-9, 15);
  });

  test('counts bad tool calls among answers that called tools', () => {
    const score = scoreOf([
      [{ callsTool: true }, answered({ badTool: true })],
      [{ callsTool: true }, answered()],
      [{}, answered()],
      [{ callsTool: true }, { kind: 'cut', attempts: 1 }],
    ]);
    expect(score.badToolShare).toBe(0.5);
  });

  test('follows conversations: what was found cached, and who answered the turn before', () => {
    const turn = (at: number): Partial<SimRequest> => ({ promptTokens: 1000, conversation: { id: 1, turn: at } });
    const score = scoreOf([
      [turn(0), answered()],
      [turn(1), answered({ cachedTokens: 900 })],
      [turn(2), answered({ endpoint: endpointAt(1) })],
      [turn(3), { kind: 'failed', attempts: 1 }],
      [turn(4), answered({ endpoint: endpointAt(1), cachedTokens: 600 })],
    ]);
    expect(score.cacheHitShare).toBe(0.5);
    // The last turn follows one without an answer: it neither stayed nor moved.
    expect(score.stayedShare).toBe(0.5);
    expect(score.shareByEndpoint.get(endpointAt(1).endpoint.id)).toBe(0.5);
  });

  test('refuses a request that never ended', () => {
    expect(() => scoreDay([requestOf(0), requestOf(1)], [answered()])).toThrow('Request 1 never ended.');
  });
});

describe('the report', () => {
  const results = (
    ours: Partial<Score>,
    theirs: Partial<Score>,
    last: Partial<Score> = theirs,
  ): readonly DayResult[] => {
    const base = scoreOf([[{}, answered()]]);
    return [
      { name: 'Signalbox', score: { ...base, ...ours }, tolls: [] },
      { name: 'fixed order', score: { ...base, ...theirs }, tolls: [] },
      { name: 'round robin', score: { ...base, ...last }, tolls: [] },
    ];
  };
  const lineOf = (text: string, name: string): string => text.split('\n').find((line) => line.includes(name)) ?? '';

  test('says who wins and who is next', () => {
    const text = formatVerdicts(results({ availability: 0.99 }, { availability: 0.9 }, { availability: 0.95 }));
    expect(lineOf(text, '**answered**')).toBe(
      '- **answered**: Signalbox wins with 99.00 % before 95.00 % (round robin).',
    );
  });

  test('says who is better, by how much, at which place that leaves Signalbox, and why', () => {
    const text = formatVerdicts(results({ meanCostUsd: 0.003 }, { meanCostUsd: 0.001 }, { meanCostUsd: 0.002 }));
    const line = lineOf(text, '**cost per 1,000 answers**');
    expect(line).toStartWith(
      '- **cost per 1,000 answers**: fixed order wins with $1.000; Signalbox is number 3 with $3.000. ',
    );
    expect(line).toContain('five cheapest hosts');
  });

  test('calls half a per cent even', () => {
    const text = formatVerdicts(results({ p95Ms: 2001 }, { p95Ms: 2000 }));
    expect(lineOf(text, 'p95')).toBe('- **first token, p95**: even: 2.00 s and 2.00 s (fixed order).');
  });

  test('marks the best of a row, several where they are even', () => {
    const text = formatDay(results({ availability: 0.9 }, { availability: 0.99 }, { availability: 0.991 }));
    expect(lineOf(text, '| answered |')).toBe('| answered | 90.00 % | **99.00 %** | **99.10 %** |');
  });

  test('has a reason, in words, for every line that another may win', () => {
    const [ours, theirs] = results({}, {});
    if (!ours || !theirs) throw new Error('No results.');
    for (const { name, why } of METRICS) expect(why(ours.score, theirs.score), name).toMatch(/^[A-Z].{30,}\.$/);
  });
});
