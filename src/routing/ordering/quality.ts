/**
 * Quality of an endpoint as we measured it: does it answer, are its tool calls good, is it fast. Numbers and their reasons are
 * in docs/concepts/routing.md.
 */
import type { Entry } from '../candidate.ts';

/** Observations at the group's average that every endpoint starts with: a handful of answers decides nothing. */
const PRIOR_ANSWERS = 20;
/** Share of the score that speed decides. */
const SPEED_SHARE = 0.2;
/** Answers with tools before a tool-call error rate counts as known. */
const KNOWN_TOOL_ANSWERS = 20;
const DERANK_SIGMAS = 2;

/** Sets `quality` of every entry, 0–1. Endpoints without traffic get the average of those with. */
export function scoreQuality(entries: readonly Entry[]): void {
  const success = averageRate(entries, ({ health }) => [health.successes30m, health.attempts30m], 1);
  const badTools = averageRate(entries, ({ health }) => [health.badToolAnswers, health.toolAnswers], 0);
  const speeds = entries.flatMap(({ health }) => health.throughput?.p50 ?? []);
  const fastest = Math.max(0, ...speeds);
  const usual =
    speeds.length === 0 ? 1 : speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length / (fastest || 1);
  for (const entry of entries) {
    const { health } = entry;
    const answers = withPrior(health.successes30m, health.attempts30m, success);
    const bad = withPrior(health.badToolAnswers, health.toolAnswers, badTools);
    const speed = health.throughput && fastest > 0 ? health.throughput.p50 / fastest : usual;
    // A bad call costs the caller a whole turn, so it counts twice.
    entry.quality = answers * (1 - bad) ** 2 * (1 - SPEED_SHARE + SPEED_SHARE * speed);
  }
}

function averageRate(
  entries: readonly Entry[],
  countsOf: (entry: Entry) => readonly [part: number, whole: number],
  otherwise: number,
): number {
  let part = 0;
  let whole = 0;
  for (const entry of entries) {
    const [some, all] = countsOf(entry);
    part += some;
    whole += all;
  }
  return whole === 0 ? otherwise : part / whole;
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
