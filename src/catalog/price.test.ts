import { describe, expect, test } from 'bun:test';
import type { Pricing } from '../core/pricing.ts';
import { priceAt } from './price.ts';

const FRIDAY = '2026-11-20';
const SATURDAY = '2026-11-21';
const at = (day: string, time: string) => ({ promptTokens: 10, nowMs: Date.parse(`${day}T${time}Z`) });

describe('priceAt', () => {
  test('without conditions the base price holds, and conditions do not leak into it', () => {
    const pricing: Pricing = { prompt: 2n, completion: 3n, request: 5n, overrides: [] };
    // A flat price is its own answer: routing asks for one per candidate.
    expect(priceAt(pricing, at(FRIDAY, '00:00'))).toBe(pricing);
    const conditional: Pricing = { ...pricing, overrides: [{ minPromptTokens: 5000, axes: { prompt: 9n } }] };
    expect(priceAt(conditional, at(FRIDAY, '00:00'))).toEqual({ prompt: 2n, completion: 3n, request: 5n });
  });

  test('a tier starts strictly above its threshold; later entries win per axis', () => {
    const pricing: Pricing = {
      prompt: 1n,
      completion: 1n,
      inputCacheRead: 1n,
      overrides: [
        { minPromptTokens: 100, axes: { prompt: 2n, completion: 2n } },
        { minPromptTokens: 200, axes: { prompt: 3n } },
      ],
    };
    const price = (promptTokens: number) => priceAt(pricing, { promptTokens, nowMs: 0 });
    expect(price(100)).toEqual({ prompt: 1n, completion: 1n, inputCacheRead: 1n });
    expect(price(101)).toEqual({ prompt: 2n, completion: 2n, inputCacheRead: 1n });
    expect(price(201)).toEqual({ prompt: 3n, completion: 2n, inputCacheRead: 1n });
  });

  const window = (utcStart: number, utcEnd: number, utcDays?: readonly string[]): Pricing => ({
    prompt: 1n,
    completion: 1n,
    overrides: [{ utcStart, utcEnd, axes: { prompt: 9n }, ...(utcDays ? { utcDays } : {}) }],
  });
  const promptAt = (pricing: Pricing, day: string, time: string) => priceAt(pricing, at(day, time)).prompt;

  test('a window includes its start and excludes its end', () => {
    const pricing = window(930, 1600);
    expect(promptAt(pricing, FRIDAY, '09:29:59')).toBe(1n);
    expect(promptAt(pricing, FRIDAY, '09:30:00')).toBe(9n);
    expect(promptAt(pricing, FRIDAY, '15:59:59')).toBe(9n);
    expect(promptAt(pricing, FRIDAY, '16:00:00')).toBe(1n);
  });

  test('a window may wrap midnight; on named days it belongs to the day it starts', () => {
    const pricing = window(2200, 200, ['fri']);
    expect(promptAt(pricing, FRIDAY, '21:59:59')).toBe(1n);
    expect(promptAt(pricing, FRIDAY, '22:00:00')).toBe(9n);
    expect(promptAt(pricing, SATURDAY, '01:59:59')).toBe(9n);
    expect(promptAt(pricing, SATURDAY, '02:00:00')).toBe(1n);
    expect(promptAt(pricing, SATURDAY, '22:00:00')).toBe(1n);
    expect(promptAt(pricing, FRIDAY, '01:00:00')).toBe(1n);
    expect(promptAt(window(2200, 200), FRIDAY, '01:00:00')).toBe(9n);
  });

  test('days alone, and a window open at one side', () => {
    const weekend: Pricing = {
      prompt: 1n,
      completion: 1n,
      overrides: [{ utcDays: ['sat', 'sun'], axes: { prompt: 9n } }],
    };
    expect(promptAt(weekend, FRIDAY, '23:59:59')).toBe(1n);
    expect(promptAt(weekend, SATURDAY, '00:00:00')).toBe(9n);
    const evening: Pricing = { prompt: 1n, completion: 1n, overrides: [{ utcStart: 1800, axes: { prompt: 9n } }] };
    expect(promptAt(evening, FRIDAY, '23:59:59')).toBe(9n);
    expect(promptAt(evening, FRIDAY, '17:59:59')).toBe(1n);
  });

  test('a tier and a window in one entry must both hold', () => {
    const pricing: Pricing = {
      prompt: 1n,
      completion: 1n,
      overrides: [{ minPromptTokens: 100, utcStart: 100, utcEnd: 200, axes: { prompt: 9n } }],
    };
    const nowMs = Date.parse(`${FRIDAY}T01:30:00Z`);
    expect(priceAt(pricing, { promptTokens: 100, nowMs }).prompt).toBe(1n);
    expect(priceAt(pricing, { promptTokens: 101, nowMs }).prompt).toBe(9n);
    expect(priceAt(pricing, { promptTokens: 101, nowMs: nowMs + 3_600_000 }).prompt).toBe(1n);
  });

  test('a discount takes its fraction off every axis, rounded half up', () => {
    const pricing: Pricing = { prompt: 1000n, completion: 3n, request: 7n, discount: 0.25, overrides: [] };
    expect(priceAt(pricing, at(FRIDAY, '00:00'))).toEqual({ prompt: 750n, completion: 2n, request: 5n });
    const free: Pricing = { prompt: 1000n, completion: 3n, discount: 1, overrides: [] };
    expect(priceAt(free, at(FRIDAY, '00:00'))).toEqual({ prompt: 0n, completion: 0n });
  });
});
