import { describe, expect, test } from 'bun:test';
import { hasBadCall, ToolCallLog } from './tool-check.ts';

const weather = {
  name: 'weather',
  parameters: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'integer' },
      unit: { enum: ['c', 'f'] },
      places: {
        type: 'array',
        items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
      },
    },
    required: ['city'],
    additionalProperties: false,
  },
};

describe('a tool call', () => {
  test.each<[what: string, name: string, text: string, isBad: boolean]>([
    ['fits its schema', 'weather', '{"city":"Rome","days":2,"unit":"c"}', false],
    ['names no tool of the request', 'wether', '{"city":"Rome"}', true],
    ['is cut', 'weather', '{"city":"Ro', true],
    ['lacks what is required', 'weather', '{"days":2}', true],
    ['has a member of the wrong type', 'weather', '{"city":5}', true],
    ['has a fraction for an integer', 'weather', '{"city":"Rome","days":1.5}', true],
    ['has a word that is not allowed', 'weather', '{"city":"Rome","unit":"k"}', true],
    ['has a member too many', 'weather', '{"city":"Rome","zip":1}', true],
    ['breaks the schema inside a list', 'weather', '{"city":"Rome","places":[{"name":"x"},{}]}', true],
    ['is a list instead of an object', 'weather', '[]', true],
    ['has inherited names as members', 'weather', '{"city":"Rome","constructor":1}', true],
    ['has no arguments where some are required', 'weather', '', true],
    ['has no arguments and needs none', 'ping', '', false],
  ])('that %s', (_, name, text, isBad) => {
    expect(hasBadCall([{ name, arguments: text }], [weather, { name: 'ping' }])).toBe(isBad);
  });

  test('one bad call among good ones is enough', () => {
    const good = { name: 'weather', arguments: '{"city":"Rome"}' };
    expect(hasBadCall([good, { name: 'x', arguments: '{}' }], [weather])).toBe(true);
    expect(hasBadCall([good, good], [weather])).toBe(false);
  });

  test('of a stream is put together from its pieces', () => {
    const log = new ToolCallLog();
    log.begin(0, 0, 'weather');
    log.begin(0, 1, 'ping');
    log.add(0, 0, '{"city":');
    log.add(0, 1, '{}');
    log.add(0, 0, '"Rome"}');
    log.add(0, 7, 'nobody began this one');
    expect(log.calls).toEqual([
      { name: 'weather', arguments: '{"city":"Rome"}' },
      { name: 'ping', arguments: '{}' },
    ]);
  });
});
