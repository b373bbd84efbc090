/** Health that a test case makes up, as routing reads it. */
import { type EndpointHealth, type Percentiles, UNMEASURED } from '../../core/health.ts';
import type { Figures, MadeUpHealth } from './test-file.ts';

/** Attempts that a made-up rate stands for: so many that what routing assumes before it knows an endpoint weighs 2 %. */
const ATTEMPTS = 1000;
const RECENT_ATTEMPTS = 10;
const REST_MS = 60_000;

/** @param byName endpoint id, slug or display name → what is known of it; the most exact name counts */
export function madeUpHealth(
  byName: Readonly<Record<string, MadeUpHealth>>,
  nowMs: number,
  displayName: (providerId: string) => string | undefined,
): (endpointId: string) => EndpointHealth {
  const entries = new Map(Object.entries(byName).map(([name, made]) => [name.toLowerCase(), toHealth(made, nowMs)]));
  return (endpointId) => {
    for (const name of namesOf(endpointId, displayName)) {
      const found = entries.get(name.toLowerCase());
      if (found) return found;
    }
    return UNMEASURED;
  };
}

/** The exact one first: `deepinfra/turbo|author/model`, `deepinfra/turbo`, `deepinfra`, `DeepInfra`. */
export function namesOf(
  endpointId: string,
  displayName: (providerId: string) => string | undefined,
): readonly string[] {
  const [tag = ''] = endpointId.split('|', 1);
  const [providerId = ''] = tag.split('/', 1);
  const name = displayName(providerId);
  return [endpointId, tag, providerId, ...(name === undefined ? [] : [name])];
}

function toHealth(made: MadeUpHealth, nowMs: number): EndpointHealth {
  const { state = 'ready', latency, throughput, tool_error_rate: toolErrors, success_rate: success } = made;
  const isMeasured = [latency, throughput, toolErrors, success].some((figure) => figure !== undefined);
  return {
    ...UNMEASURED,
    ...(state === 'failing' && { recentAttempts: RECENT_ATTEMPTS, recentFailures: RECENT_ATTEMPTS }),
    ...(state === 'resting' && { restsUntilMs: nowMs + REST_MS, restsBecause: 'ejected' }),
    ...(latency && { latency: percentiles(latency, Math.max) }),
    ...(throughput && { throughput: percentiles(throughput, Math.min) }),
    ...(isMeasured && { attempts30m: ATTEMPTS, successes30m: ATTEMPTS * (success ?? 1) }),
    ...(toolErrors !== undefined && { toolAnswers: ATTEMPTS, badToolAnswers: ATTEMPTS * toolErrors }),
  };
}

/** A percentile that is not said is as the one before it: p90 is what 90 % of requests were better than. */
function percentiles(
  { p50, p75 = p50, p90 = p75, p99 = p90 }: Figures,
  worse: (a: number, b: number) => number,
): Percentiles {
  const later = worse(p50, p75);
  const late = worse(later, p90);
  return { p50, p75: later, p90: late, p99: worse(late, p99) };
}
