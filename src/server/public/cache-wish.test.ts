import { describe, expect, test } from 'bun:test';
import type { PresetCache } from '../../presets/apply-preset.ts';
import { cacheWish } from './cache-wish.ts';

const wish = (headers: Readonly<Record<string, string>>, preset: PresetCache | null = null) =>
  cacheWish(new Headers(headers), preset);
const ON: PresetCache = { enabled: true, ttlSeconds: null };
const OFF: PresetCache = { enabled: false, ttlSeconds: null };
const UNSAID: PresetCache = { enabled: null, ttlSeconds: 60 };

describe('who decides', () => {
  test.each<[string | null, PresetCache | null, boolean]>([
    [null, null, false],
    ['true', null, true],
    ['TRUE', null, true],
    ['false', null, false],
    ['yes', null, false],
    [null, ON, true],
    ['true', ON, true],
    ['False', ON, false],
    ['yes', ON, true],
    [null, OFF, false],
    ['true', OFF, false],
    [null, UNSAID, false],
    ['true', UNSAID, true],
  ])('header %j, preset %j: %p', (header, preset, isWanted) => {
    const headers: Record<string, string> = header === null ? {} : { 'X-OpenRouter-Cache': header };
    expect(wish(headers, preset) !== null).toBe(isWanted);
  });

  test('a request that does not ask costs one look-up', () => {
    const asked: string[] = [];
    const get = (name: string) => {
      asked.push(name);
      return null;
    };
    expect(cacheWish({ get }, null)).toBeNull();
    expect(asked).toEqual(['x-openrouter-cache']);
  });
});

describe('how long', () => {
  test.each<[string | null, number]>([
    [null, 300],
    ['600', 600],
    ['60abc', 60],
    ['1.9', 1],
    ['0', 1],
    ['86401', 86_400],
    ['9'.repeat(400), 86_400],
    ['abc', 300],
    ['-5', 300],
    ['', 300],
  ])('the header says %p: %p s', (ttl, seconds) => {
    const headers = { 'X-OpenRouter-Cache': 'true', ...(ttl !== null && { 'X-OpenRouter-Cache-TTL': ttl }) };
    expect(wish(headers)?.ttlSeconds).toBe(seconds);
  });

  test('the header goes before the preset, the preset before the default, and the preset is clamped too', () => {
    const on = { 'X-OpenRouter-Cache': 'true' };
    expect(wish(on, UNSAID)?.ttlSeconds).toBe(60);
    expect(wish({ ...on, 'X-OpenRouter-Cache-TTL': '5' }, UNSAID)?.ttlSeconds).toBe(5);
    expect(wish({ ...on, 'X-OpenRouter-Cache-TTL': 'soon' }, UNSAID)?.ttlSeconds).toBe(60);
    expect(wish({}, { enabled: true, ttlSeconds: 1e9 })?.ttlSeconds).toBe(86_400);
    expect(wish({}, { enabled: true, ttlSeconds: -3 })?.ttlSeconds).toBe(1);
  });
});

test('clearing alone asks for nothing', () => {
  expect(wish({ 'X-OpenRouter-Cache-Clear': 'true' })).toBeNull();
  expect(wish({ 'X-OpenRouter-Cache-Clear': 'true' }, ON)?.clear).toBe(true);
  expect(wish({ 'X-OpenRouter-Cache': 'true', 'X-OpenRouter-Cache-Clear': 'no' })?.clear).toBe(false);
});
