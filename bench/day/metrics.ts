/** What is compared, which way is better, and where the reason lies if another strategy does better than Signalbox. */
import { HOSTS, MODEL_ID } from './hosts.ts';
import type { Score } from './score.ts';

export interface Metric {
  readonly name: string;
  readonly better: 'high' | 'low';
  of(score: Score): number;
  format(value: number): string;
  /** Why the other one is better here, in figures. */
  why(ours: Score, other: Score): string;
}

export const METRICS: readonly Metric[] = [
  {
    name: 'answered',
    better: 'high',
    of: ({ availability }) => availability,
    format: percent,
    why: lostByCuts,
  },
  {
    name: 'answered, first token within 10 s',
    better: 'high',
    of: ({ soonAvailability }) => soonAvailability,
    format: percent,
    why: lostByCuts,
  },
  {
    name: 'answered, worst five minutes',
    better: 'high',
    of: ({ worstAvailability }) => worstAvailability,
    format: percent,
    why: lostByCuts,
  },
  {
    name: 'first token, p50',
    better: 'low',
    of: ({ p50Ms }) => p50Ms,
    format: seconds,
    why: cheapHostsAreSlower,
  },
  {
    name: 'first token, p95',
    better: 'low',
    of: ({ p95Ms }) => p95Ms,
    format: seconds,
    why: cheapHostsAreSlower,
  },
  {
    name: 'first token, p99',
    better: 'low',
    of: ({ p99Ms }) => p99Ms,
    format: seconds,
    why: cheapHostsAreSlower,
  },
  {
    name: 'cost per 1,000 answers',
    better: 'low',
    of: ({ meanCostUsd }) => meanCostUsd * 1000,
    format: dollars,
    why: (ours, other) =>
      `${paysForMore(ours, other)} Requests with tools cost it ${dollars(ours.meanCostUsdWithTools * 1000)}, the others ${dollars(ours.meanCostUsdWithoutTools * 1000)}.`,
  },
  {
    name: '… of requests without tools',
    better: 'low',
    of: ({ meanCostUsdWithoutTools }) => meanCostUsdWithoutTools * 1000,
    format: dollars,
    why: paysForMore,
  },
  {
    name: '… of requests with tools',
    better: 'low',
    of: ({ meanCostUsdWithTools }) => meanCostUsdWithTools * 1000,
    format: dollars,
    why: qualityBeforePrice,
  },
  {
    name: 'attempts per request',
    better: 'low',
    of: ({ attemptsPerRequest }) => attemptsPerRequest,
    format: ratio,
    why: triesElsewhere,
  },
  {
    name: '… in the five minutes with most',
    better: 'low',
    of: ({ mostAttemptsPerRequest }) => mostAttemptsPerRequest,
    format: ratio,
    why: triesElsewhere,
  },
  {
    name: 'bad ones of the answers with tool calls',
    better: 'low',
    of: ({ badToolShare }) => badToolShare,
    format: percent,
    why: () => 'It learns who calls tools badly from bad calls, and goes by speed and success as well.',
  },
  {
    name: 'prompt tokens of later turns found cached',
    better: 'high',
    of: ({ cacheHitShare }) => cacheHitShare,
    format: percent,
    why: staysByChance,
  },
  {
    name: 'later turns at the host of the turn before',
    better: 'high',
    of: ({ stayedShare }) => stayedShare,
    format: percent,
    why: staysByChance,
  },
  {
    name: 'tokens/s of requests sorted by throughput',
    better: 'high',
    of: ({ sortedTokensPerSecond }) => sortedTokensPerSecond,
    format: (value) => value.toFixed(0),
    why: () => 'The fastest hosts were down or limited.',
  },
];

export function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function dollars(value: number): string {
  return `$${value.toFixed(3)}`;
}

export function ratio(value: number): string {
  return value.toFixed(3);
}

function lostByCuts(ours: Score): string {
  return `It lost ${percent(share(ours.cut, ours.requests))} to streams cut after their first content, which no fallback mends, and ${percent(share(ours.requests - ours.answered - ours.cut, ours.requests))} before.`;
}

function cheapHostsAreSlower(ours: Score, other: Score): string {
  return `Without a sort price decides, and the cheap hosts of this day are slow: ${percent(cheapShare(ours))} of its answers come from the five cheapest, ${percent(cheapShare(other))} there.`;
}

function paysForMore(ours: Score, other: Score): string {
  return `The draw by 1/price² gives dearer hosts a share: ${percent(cheapShare(ours))} of its answers come from the five cheapest hosts, ${percent(cheapShare(other))} there; for that ${percent(1 - other.availability)} of the requests go unanswered there, ${percent(1 - ours.availability)} here.`;
}

function qualityBeforePrice(ours: Score, other: Score): string {
  const [busiest = '', share = 0] = [...ours.toolShareByEndpoint].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  const [name = '', modelId] = busiest.split('|');
  const facts = HOSTS.find((host) => host.name === name && (host.modelId ?? MODEL_ID) === modelId);
  return `Requests with tools go by measured quality (speed is a part of it) before price: ${percent(share)} of them are answered by ${name}, which takes ${dollars(facts?.prompt ?? 0)} per million prompt tokens; ${percent(ours.badToolShare)} of the tool answers are bad, ${percent(other.badToolShare)} there.`;
}

function triesElsewhere(ours: Score, other: Score): string {
  return `A request that fails is tried elsewhere: ${percent(ours.availability)} are answered, ${percent(other.availability)} there.`;
}

function staysByChance(ours: Score, other: Score): string {
  return `Who sends nearly everything to one host keeps conversations together without trying (its busiest host answers ${percent(busiestShare(other))}); Signalbox spreads them (${percent(busiestShare(ours))}), and ${percent(cachelessShare(ours))} of its answers come from hosts without a cache.`;
}

const CHEAPEST: ReadonlySet<string> = new Set(
  HOSTS.filter(({ modelId }) => modelId === undefined)
    .toSorted((a, b) => a.prompt - b.prompt)
    .slice(0, 5)
    .map(({ name }) => `${name}|${MODEL_ID}`),
);
const CACHELESS: ReadonlySet<string> = new Set(
  HOSTS.filter(({ cacheRead }) => cacheRead === undefined).map(({ name, modelId = MODEL_ID }) => `${name}|${modelId}`),
);

function cheapShare(score: Score): number {
  return shareOf(score, CHEAPEST);
}

function cachelessShare(score: Score): number {
  return shareOf(score, CACHELESS);
}

function shareOf({ shareByEndpoint }: Score, endpointIds: ReadonlySet<string>): number {
  return [...shareByEndpoint].reduce((sum, [id, part]) => sum + (endpointIds.has(id) ? part : 0), 0);
}

function busiestShare({ shareByEndpoint }: Score): number {
  return Math.max(0, ...shareByEndpoint.values());
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
