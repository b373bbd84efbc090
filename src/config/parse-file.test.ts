import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseFile } from './parse-file.ts';
import type { Path } from './problems.ts';

function parse(text: string, file = 'a.yaml') {
  const outcome = parseFile(file, text);
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join());
  return outcome.parsed;
}

describe('JSON as people write it', () => {
  const text = `// head, with { braces } and "quotes
{
\t"a": "x // no comment /* either */, }", // tail
\t"b": [1, 2, /* mid
\tlines */ 3,],
\t"c\\u0041": {"d": null,},
}`;

  test('comments and trailing commas are ignored, strings are kept', () => {
    expect(parse(text).value).toEqual({ a: 'x // no comment /* either */, }', b: [1, 2, 3], cA: { d: null } });
  });

  test('places are those of the text as written', () => {
    const { locate } = parse(text);
    expect(locate(['a'])).toEqual({ line: 3, column: 2 });
    expect(locate(['b', 2])).toEqual({ line: 5, column: 11 });
    expect(locate(['cA', 'd'])).toEqual({ line: 6, column: 14 });
    expect(locate(['cA', 'missing', 'more'])).toEqual({ line: 6, column: 2 });
  });

  test('a .json file may hold what only YAML takes', () => {
    expect(parse("{'a': 1, b: two}", 'a.json').value).toEqual({ a: 1, b: 'two' });
  });

  test('YAML in braces is not taken for JSON with comments', () => {
    expect(parse('{ a: http://x/y, b: 1 }').value).toEqual({ a: 'http://x/y', b: 1 });
  });
});

test('an empty file and a byte order mark are no mistakes', () => {
  expect(parse('').value).toEqual({});
  expect(parse('# only a comment\n').value).toEqual({});
  expect(parse('\uFEFFa: 1').value).toEqual({ a: 1 });
  expect(parse('\uFEFF{"a": 1}', 'a.json').value).toEqual({ a: 1 });
});

test('both readers find the same values at the same places', () => {
  const name = fc.stringMatching(/^[a-z]{1,4}$/);
  const { tree } = fc.letrec((tie) => ({
    // The first one is what stands at the greatest depth.
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.string(),
      fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(name, tree, { minKeys: 1, maxKeys: 4 }), (value) => {
      const text = JSON.stringify(value, null, 2);
      const json = parse(text);
      // A leading comment of YAML makes the other reader take it; it shifts every line by one.
      const yaml = parse(`# yaml\n${text}`);
      expect(yaml.value).toEqual(json.value);
      for (const path of pathsOf(value)) {
        const { line, column } = json.locate(path);
        expect(yaml.locate(path)).toEqual({ line: line + 1, column });
      }
    }),
    { numRuns: 60, seed: 7 },
  );
});

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => [[...path, i], ...pathsOf(item, [...path, i])]);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [[...path, key], ...pathsOf(member, [...path, key])]);
}
