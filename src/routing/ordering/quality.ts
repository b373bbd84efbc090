/**
 * Quality of an endpoint as we measured it: does it answer, are its tool calls good, is it fast. Numbers and their reasons are
 * in docs/concepts/routing.md.
 */
import type { Entry } from '../candidate.ts';
import { lowerMedian } from './median.ts';

/** Observations at the group's average that every endpoint starts with: a handful of answers decides nothing. */
const PRIOR_ANSWERS = 20;
/** Share of the score that speed decides. */
const SPEED_SHARE = 0.2;
/** Answers with tools before a tool-call error rate counts as known. */
const KNOWN_TOOL_ANSWERS = 20;
const DERANK_SIGMAS = 2;

export function hasTraffic(entries: readonly Entry[]): boolean {
  return entries.some(({ health }) => health.attempts30m > 0);
}

/** Sets `quality` of every entry, 0–1. Endpoints without traffic get the average of those with. */
export function scoreQuality(entries: readonly Entry[]): void {
  const usual = averageOf(entries);
  for (const entry of entries) {
    const { health } = entry;
    const answered = withPrior(health.successes30m, health.attempts30m, usual.answered);
    const bad = withPrior(health.badToolAnswers, health.toolAnswers, usual.badTools);
    // Faster than half of them is fast enough: one racer among them must not draw all the traffic at any price.
    const speed = health.throughput && usual.speed > 0 ? Math.min(1, health.throughput.p50 / usual.speed) : 1;
    // A bad call costs the caller a whole turn, so it counts twice.
    entry.quality = answered * (1 - bad) ** 2 * (1 - SPEED_SHARE + SPEED_SHARE * speed);
  }
}

/** Averages of all; where nothing was measured, the best is assumed of everybody. */
function averageOf(entries: readonly Entry[]) {
  let [attempts, successes, toolAnswers, badToolAnswers] = [0, 0, 0, 0];
  const speeds: number[] = [];
  for (const { health } of entries) {
    attempts += health.attempts30m;
    successes += health.successes30m;
    toolAnswers += health.toolAnswers;
    badToolAnswers += health.badToolAnswers;
    if (health.throughput) speeds.push(health.throughput.p50);
  }
  return {
    answered: attempts === 0 ? 1 : successes / attempts,
    badTools: toolAnswers === 0 ? 0 : badToolAnswers / toolAnswers,
    speed: lowerMedian(speeds),
  };
}

function withPrior(part: number, whole: number, average: number): number {
  return (part + PRIOR_ANSWERS * average) / (whole + PRIOR_ANSWERS);
}

/**
 * Endpoints whose tool-call error rate lies more than two standard deviations above the average of the model's endpoints:
 * they come after all others.
 */
export function findDeranked(entries: readonly Entry[]): ReadonlySet<Entry> {
  const known = entries.filter(({ health }) => health.toolAnswers >= KNOWN_TOOL_ANSWERS);
  // Among three or fewer, no value can lie two deviations off.
  if (known.length < 4) return NOBODY;
  const rates = known.map(({ health }) => health.badToolAnswers / health.toolAnswers);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const sigma = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length);
  return new Set(known.filter((_, i) => sigma > 0 && (rates[i] ?? 0) > mean + DERANK_SIGMAS * sigma));
}

const NOBODY: ReadonlySet<Entry> = new Set();
