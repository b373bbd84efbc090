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
/** Endpoints that an endpoint's rate is compared with. */
const FEWEST_OTHERS = 3;

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
 * Endpoints whose tool-call error rate lies more than two standard deviations above the average of the model's other endpoints: they
 * come after all others. The deviation is the spread of the others and what chance does to as few answers as it has. It is not
 * counted among them: of five values, none can lie more than two deviations of all five off.
 */
export function findDeranked(entries: readonly Entry[]): ReadonlySet<Entry> {
  const known = entries.filter(({ health }) => health.toolAnswers >= KNOWN_TOOL_ANSWERS);
  if (known.length <= FEWEST_OTHERS) return NOBODY;
  let [sum, squares] = [0, 0];
  for (const { health } of known) {
    const rate = health.badToolAnswers / health.toolAnswers;
    sum += rate;
    squares += rate * rate;
  }
  const others = known.length - 1;
  const deranked = known.filter(({ health: { badToolAnswers, toolAnswers } }) => {
    const rate = badToolAnswers / toolAnswers;
    const mean = (sum - rate) / others;
    const spread = Math.max(0, (squares - rate * rate) / others - mean * mean);
    const likely = (badToolAnswers + 1) / (toolAnswers + 2);
    const chance = (likely * (1 - likely)) / toolAnswers;
    return rate > mean + DERANK_SIGMAS * Math.sqrt(spread + chance);
  });
  return deranked.length === 0 ? NOBODY : new Set(deranked);
}

const NOBODY: ReadonlySet<Entry> = new Set();
