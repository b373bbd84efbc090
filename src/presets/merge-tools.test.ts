import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../core/json.ts';
import { mergeTools } from './merge-tools.ts';

const fn = (name: string, more: JsonObject = {}) => ({ type: 'function', function: { name, ...more } });
const subagent = (name: string, more: JsonObject = {}) => ({
  type: 'openrouter:subagent',
  parameters: { name, ...more },
});

/** Kinds of tools by an identity written out beside them. */
const tool = (from: string): fc.Arbitrary<readonly [string, Json]> =>
  fc.oneof(
    fc.constantFrom('f', 'g', 'h').map((name) => [`function ${name}`, fn(name, { from })] as const),
    fc.constantFrom('f', 'k').map((name) => [`function ${name}`, { function: { name }, from }] as const),
    fc.constantFrom('web_search', 'openrouter:web_fetch').map((type) => [type, { type, from }] as const),
    fc.constantFrom('a', 'b').map((name) => [`subagent ${name}`, subagent(name, { from })] as const),
    fc
      .constantFrom('a', 'b')
      .map((name) => [`advisor ${name}`, { type: 'openrouter:advisor', parameters: { name, from } }] as const),
  );
const tools = (from: string) => fc.uniqueArray(tool(from), { selector: ([identity]) => identity, maxLength: 6 });

test("every identity once, the request's where both have it, the preset's order first", () => {
  fc.assert(
    fc.property(tools('preset'), tools('request'), (preset, request) => {
      const own = new Map(request);
      const known = new Set(preset.map(([identity]) => identity));
      const merged = mergeTools(
        preset.map(([, definition]) => definition),
        request.map(([, definition]) => definition),
      );
      expect<Json>(merged).toEqual([
        ...preset.map(([identity, definition]) => own.get(identity) ?? definition),
        ...request.filter(([identity]) => !known.has(identity)).map(([, definition]) => definition),
      ]);
    }),
  );
});

test('merging twice is merging once', () => {
  fc.assert(
    fc.property(tools('preset'), tools('request'), (preset, request) => {
      const ours = preset.map(([, definition]) => definition);
      const merged = mergeTools(
        ours,
        request.map(([, definition]) => definition),
      );
      expect(mergeTools(ours, merged)).toEqual(merged);
    }),
  );
});

describe('identity', () => {
  test.each<[string, Json, Json, boolean]>([
    ['a function by its name', fn('f'), fn('f', { strict: true }), true],
    ['two functions', fn('f'), fn('g'), false],
    ['a function and a custom tool of one name', fn('f'), { type: 'custom', custom: { name: 'f' } }, true],
    ['a function written flat', fn('f'), { type: 'function', name: 'f' }, true],
    ['a function without its type', fn('f'), { name: 'f', input_schema: {} }, true],
    ['a server tool by its type', { type: 'web_search' }, { type: 'web_search', parameters: { name: 'x' } }, true],
    ['two server tools', { type: 'openrouter:web_search' }, { type: 'openrouter:web_fetch' }, false],
    ['subagents of one name, spaces aside', subagent('a'), subagent(' a '), true],
    ['two subagents', subagent('a'), subagent('b'), false],
    ['the subagent without a name', { type: 'openrouter:subagent' }, { type: 'openrouter:subagent' }, true],
    ['a subagent and an advisor', subagent('a'), { type: 'openrouter:advisor', parameters: { name: 'a' } }, false],
    ['what is no tool, for the grammar to refuse', 4, 4, false],
    ['functions without names, for the grammar to refuse', { type: 'function' }, { type: 'function' }, false],
  ])('%s', (_, preset, request, same) => {
    expect<Json>(mergeTools([preset], [request])).toEqual(same ? [request] : [preset, request]);
  });
});
