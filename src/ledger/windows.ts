/** UTC budget windows by day number (days since the epoch): days, weeks from Monday, months (OpenRouter's API). */
import type { LimitReset } from '../core/caller.ts';

const DAY_MS = 86_400_000;

export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** `2026-11-21` → day number. */
export function dayFromText(utcDay: string): number {
  return Math.floor(Date.parse(`${utcDay}T00:00:00Z`) / DAY_MS);
}

export interface Window {
  /** First day in it. */
  readonly start: number;
  /** First day after it. */
  readonly end: number;
}

export function windowOf(reset: LimitReset, day: number): Window {
  switch (reset) {
    case 'daily':
      return { start: day, end: day + 1 };
    case 'weekly': {
      // Day 0 was a Thursday.
      const start = day - ((day + 3) % 7);
      return { start, end: start + 7 };
    }
    case 'monthly': {
      const date = new Date(day * DAY_MS);
      const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
      return { start: Date.UTC(year, month, 1) / DAY_MS, end: Date.UTC(year, month + 1, 1) / DAY_MS };
    }
  }
}

export function startMsOf(day: number): number {
  return day * DAY_MS;
}
