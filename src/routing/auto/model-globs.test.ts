import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { compileGlobs, matchesGlobs, namesModel } from './model-globs.ts';

const matches = (pattern: string, id: string) => matchesGlobs(compileGlobs([pattern]), id, null);

describe('patterns', () => {
  test.each([
    ['author/model', 'author/model', true],
    ['author/model', 'author/model-2', false],
    ['author/*', 'author/model:free', true],
    ['author/*', 'author2/model', false],
    ['*:free', 'author/model:free', true],
    ['*:free', 'author/model:freedom', false],
    ['*', 'author/model', true],
    ['**', 'author/model', true],
    ['*mini*', 'author/model-mini-2', true],
    ['author/*-mini*', 'author/model-mini', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*ab*ab', 'ab', false],
    ['*a*b*', 'ba', false],
    [' Author/Model ', 'author/model', true],
    // Only the star is special.
    ['author/m.del', 'author/model', false],
    ['author/m?del', 'author/model', false],
    ['author/[a-z]*', 'author/model', false],
  ])('%s and %s: %p', (pattern, id, expected) => {
    expect(matches(pattern, id)).toBe(expected);
  });

  test('a list matches where one of its patterns does', () => {
    const globs = compileGlobs(['x/*', 'author/model', '*-mini', 'a*z*']);
    expect(matchesGlobs(globs, 'author/model', null)).toBe(true);
    expect(matchesGlobs(globs, 'b/lion-mini', null)).toBe(true);
    expect(matchesGlobs(globs, 'abc/zebra', null)).toBe(true);
    expect(matchesGlobs(globs, 'b/lion', null)).toBe(false);
  });

  test('~author/family-latest means every model of the family', () => {
    const globs = compileGlobs(['~author/cat-latest']);
    expect(matchesGlobs(globs, 'author/cat-4', 'author/cat')).toBe(true);
    expect(matchesGlobs(globs, 'author/dog-4', 'author/dog')).toBe(false);
    expect(matchesGlobs(globs, 'author/cat', null)).toBe(false);
  });

  test('a model is named by its whole id alone', () => {
    const globs = compileGlobs(['author/*', 'author/model']);
    expect(namesModel(globs, 'author/model')).toBe(true);
    expect(namesModel(globs, 'author/other')).toBe(false);
  });
});

test('agrees with a regular expression', () => {
  const pattern = fc.stringMatching(/^[ab/:*]{0,10}$/);
  const id = fc.stringMatching(/^[ab/:]{0,12}$/);
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), id, (patterns, name) => {
      const expected = patterns.some((each) => new RegExp(`^${each.replace(/\*+/g, '.*')}$`).test(name));
      expect(matchesGlobs(compileGlobs(patterns), name, null)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test('the longest list of the longest patterns is matched in time', () => {
  const ids = Array.from({ length: 500 }, (_, at) => `${'a'.repeat(100)}${at}`);
  const slow = [
    Array.from({ length: 1024 }, (_, at) => `*a*a*a*${at}*b`),
    Array.from({ length: 64 }, () => `${'*a'.repeat(512)}b`),
    Array.from({ length: 1024 }, (_, at) => `${'a'.repeat(50)}${at}*`),
  ];
  for (const patterns of slow) {
    const started = performance.now();
    const globs = compileGlobs(patterns);
    for (const id of ids) expect(matchesGlobs(globs, id, null)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  }
});
