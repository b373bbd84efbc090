import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../core/errors.ts';
import { parseJsonBody, tryParseJson } from './json.ts';

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

describe('JSON from a caller', () => {
  const codeOf = (text: string): string | null => {
    try {
      parseJsonBody(text);
      return null;
    } catch (error) {
      return error instanceof GatewayError ? error.code : 'other';
    }
  };

  test('a body of more lists and objects than any request is refused', () => {
    const objects = (count: number): string => `[${'{},'.repeat(count - 1)}{}]`;
    expect(codeOf(objects(249_999))).toBeNull();
    expect(codeOf(objects(250_000))).toBe('client.too_large');
  });

  test('a body of more values than any request is refused', () => {
    const ids = (count: number): string => `{"a":[${'1,'.repeat(count - 1)}1],"b":[1]}`;
    expect(codeOf(ids(1_999_997))).toBeNull();
    expect(codeOf(ids(1_999_998))).toBe('client.too_large');
  });
});
