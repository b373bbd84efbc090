/** When a provider asks to be left alone until: headers first, then what the body says (docs/sources.md). */
import { isJsonArray, isJsonObject, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import { waitWithinReason } from './longest-wait.ts';

export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  member: JsonObject,
  message: string,
  nowMs: number,
): number | undefined {
  return waitWithinReason(
    fromMilliseconds(headers['retry-after-ms']) ??
      fromRetryAfter(headers['retry-after'], nowMs) ??
      fromBody(member, nowMs) ??
      fromText(message),
  );
}

function fromMilliseconds(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

/** RFC 9110 §10.2.3: seconds or a date. Fractions and durations (`6m0s`) are seen too. */
function fromRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const duration = durationMs(text);
  if (duration !== undefined) return duration;
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

function fromBody(member: JsonObject, nowMs: number): number | undefined {
  const metadata = objectAt(member, 'metadata') ?? {};
  for (const seconds of [member['retry_after'], metadata['retry_after'], metadata['retry_after_seconds']]) {
    if (typeof seconds === 'number' && seconds >= 0) return seconds * 1000;
  }
  // Google's RetryInfo, through its compatible door.
  for (const detail of isJsonArray(member['details']) ? member['details'] : []) {
    const delay = isJsonObject(detail) ? durationMs(stringAt(detail, 'retryDelay') ?? '') : undefined;
    if (delay !== undefined) return delay;
  }
  // OpenRouter's: milliseconds since the epoch.
  const reset = Number(objectAt(metadata, 'headers')?.['X-RateLimit-Reset'] ?? Number.NaN);
  return reset > nowMs ? reset - nowMs : undefined;
}

/** "Please try again in 6m0s", "retry after 20 seconds". */
function fromText(message: string): number | undefined {
  const match =
    /(?:try again|retry|retry after|wait)\s+(?:in|after|for)?\s*(\d[\w.]*)(?:\s*(seconds?|secs?|minutes?|mins?))?/i.exec(
      message.slice(0, 4096),
    );
  const amount = match?.[1]?.replace(/\.$/, '');
  if (amount === undefined) return undefined;
  const duration = durationMs(amount);
  if (duration !== undefined) return duration;
  const unit = match?.[2]?.toLowerCase();
  if (unit === undefined || !/^\d+(\.\d+)?$/.test(amount)) return undefined;
  return Number(amount) * (unit.startsWith('m') ? 60_000 : 1000);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Go's durations: `6m0s`, `1.2s`, `20ms`. */
function durationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return total;
}
