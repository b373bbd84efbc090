import { describe, expect, test } from 'bun:test';
import { tryParseJson } from './json.ts';

const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('JSON from an upstream', () => {
  test.each([
    ['a value', '{"a":[1,null]}', { a: [1, null] }],
    ['no JSON', '{"a":', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, value) => {
    expect(tryParseJson(text)).toEqual(value);
  });

  test.each([
    ['lists', lists],
    ['objects', objects],
  ])('%s nest a thousand deep and no deeper', (_, nested) => {
    expect(tryParseJson(nested(1000))).toBeDefined();
    expect(tryParseJson(nested(1001))).toBeUndefined();
    expect(tryParseJson(`{"first":1,"deep":${nested(50_000)},"last":{}}`)).toBeUndefined();
  });

  test('what passes can be written again; a wide value is not deep', () => {
    expect(JSON.stringify(tryParseJson(lists(1000)))).toBe(lists(1000));
    const wide = JSON.stringify(Array.from({ length: 5000 }, (_, i) => ({ i })));
    expect(JSON.stringify(tryParseJson(wide))).toBe(wide);
  });
});
