/**
 * The `status` of an endpoint row. OpenRouter's schema names 0, -1, -2, -3, -5 and -10 and says of none what it means
 * (openrouter.ai/docs, EndpointStatus, an open enum); 0 is serving and less is trouble. What the others say here is
 * ours; -5 and -10 are not used.
 */
const SERVING = 0;
const DEGRADED = -1;
const EJECTED = -2;
const RESTING = -3;

const MUCH_FAILING = 0.3;
/** OpenRouter tells its providers that below this they are routed to less. */
const NORMAL_UPTIME = 95;

export interface StatusFacts {
  /** Ejected, and not yet back: a probe has to succeed first. */
  readonly isEjected: boolean;
  /** It said when to come back. */
  readonly isAsked: boolean;
  /** Within 30 s. */
  readonly recentAttempts: number;
  readonly recentFailures: number;
  readonly uptimeLast5m: number | null;
}

/** 0 serving; -1 degraded; -2 ejected; -3 at rest because it asked for it. */
export function statusOf({ isEjected, isAsked, recentAttempts, recentFailures, uptimeLast5m }: StatusFacts): number {
  if (isEjected) return EJECTED;
  if (isAsked) return RESTING;
  const isFailing = recentFailures > 0 && recentFailures / recentAttempts >= MUCH_FAILING;
  return isFailing || (uptimeLast5m ?? 100) < NORMAL_UPTIME ? DEGRADED : SERVING;
}
