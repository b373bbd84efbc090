/** What goes wrong, where and when: a script, so that every strategy lives through the same day. */

export type Trouble =
  /** First tokens and answers take so many times as long. */
  | { readonly kind: 'slow'; readonly factor: number }
  /** Takes no connection: known at once. */
  | { readonly kind: 'refuses' }
  /** Takes the request and never answers. */
  | { readonly kind: 'hangs' }
  /** 503, with a hint when to come back where there is one. */
  | { readonly kind: 'unavailable'; readonly retryAfterMs?: number }
  /** This share of its requests fails with 500. */
  | { readonly kind: 'brown-out'; readonly share: number }
  /** Coming back: a share that fails, falling to none over the time. */
  | { readonly kind: 'recovers'; readonly fromShare: number }
  /** This share of its streams is cut in the middle. */
  | { readonly kind: 'cuts'; readonly share: number }
  /** 401 for one key (by its place), or for all. */
  | { readonly kind: 'bad-key'; readonly key: number | 'all' }
  /** Its limits shrink to this part. */
  | { readonly kind: 'limits'; readonly factor: number }
  /** 500 to everything, on and off. */
  | { readonly kind: 'flaps'; readonly downMs: number; readonly upMs: number }
  /** This share of its answers with tool calls is bad. */
  | { readonly kind: 'bad-tools'; readonly share: number };

export interface Incident {
  readonly hosts: readonly string[];
  /** From the start of the scenario. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly trouble: Trouble;
}

/** What an endpoint suffers at one moment. */
export interface Condition {
  readonly slowness: number;
  /** No answer at all, and how that looks. */
  readonly down: 'refuses' | 'hangs' | 'unavailable' | 'flaps' | null;
  readonly retryAfterMs?: number;
  readonly failing: number;
  readonly cut: number;
  readonly badKey: number | 'all' | null;
  readonly limits: number;
  readonly badTools: number;
}

export const GOOD_DAY: Condition = {
  slowness: 1,
  down: null,
  failing: 0,
  cut: 0,
  badKey: null,
  limits: 1,
  badTools: 0,
};

/** Everything that an endpoint's host suffers at `atMs` from the start, taken together. */
export function conditionAt(incidents: readonly Incident[], atMs: number): Condition {
  let condition = GOOD_DAY;
  for (const { fromMs, untilMs, trouble } of incidents) {
    if (atMs >= fromMs && atMs < untilMs) {
      condition = withTrouble(condition, trouble, atMs - fromMs, (atMs - fromMs) / (untilMs - fromMs));
    }
  }
  return condition;
}

/** @param sinceMs since it began; @param part of its time that is over, 0–1 */
function withTrouble(condition: Condition, trouble: Trouble, sinceMs: number, part: number): Condition {
  switch (trouble.kind) {
    case 'slow':
      return { ...condition, slowness: condition.slowness * trouble.factor };
    case 'refuses':
    case 'hangs':
      return { ...condition, down: trouble.kind };
    case 'unavailable': {
      const { retryAfterMs } = trouble;
      return { ...condition, down: trouble.kind, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    case 'brown-out':
      return { ...condition, failing: Math.max(condition.failing, trouble.share) };
    case 'recovers':
      return { ...condition, failing: Math.max(condition.failing, trouble.fromShare * (1 - part)) };
    case 'cuts':
      return { ...condition, cut: trouble.share };
    case 'bad-key':
      return { ...condition, badKey: trouble.key };
    case 'limits':
      return { ...condition, limits: condition.limits * trouble.factor };
    case 'flaps':
      return sinceMs % (trouble.downMs + trouble.upMs) < trouble.downMs ? { ...condition, down: 'flaps' } : condition;
    case 'bad-tools':
      return { ...condition, badTools: trouble.share };
  }
}
