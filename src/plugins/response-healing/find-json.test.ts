import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Random, seededRandom } from '../../core/ids.ts';
import type { Json } from '../../core/json.ts';
import { healJson } from './find-json.ts';

function healed(text: string): unknown {
  const json = healJson(text, 'object');
  return json === null ? null : JSON.parse(json);
}

describe('healJson', () => {
  test.each([
    ['a code fence', '```json\n{"a": 1}\n```', { a: 1 }],
    ['a cut inside a code fence', 'So:\n```json\n{"a": [1,\n```', { a: [1] }],
    ['a code fence that was never closed', '```\n{"a": 1}', { a: 1 }],
    ['prose around', 'Sure, [as asked], here it is: {"a": [1]} Anything else?', { a: [1] }],
    ['a code fence inside a string', 'So:\n```json\n{"md": "```js\\nx\\n```",}\n```', { md: '```js\nx\n```' }],
    ['trailing commas', '{"a": [1, 2,], "b": 3,}', { a: [1, 2], b: 3 }],
    ['doubled commas', '{"a": [1,,2],,}', { a: [1, 2] }],
    ['missing commas', '{"a": "x" "b": [1 2]\n"c": 3}', { a: 'x', b: [1, 2], c: 3 }],
    ['single quotes', `{'a': 'it\\'s', 'b': 'say "hi"'}`, { a: "it's", b: 'say "hi"' }],
    ['an apostrophe in single quotes', `{'a': 'it's fine'}`, { a: "it's fine" }],
    ['typographic quotes', '{“a”: “b”}', { a: 'b' }],
    ['unquoted keys', '{a: 1, $b_2: 2, größe: 3}', { a: 1, $b_2: 2, größe: 3 }],
    ['comments', '{// one\n"a": 1, /* two */ "b": 2 # three\n}', { a: 1, b: 2 }],
    ['a comment right behind a number', '{"a": 1// one\n}', { a: 1 }],
    ["Python's literals", "{'a': True, 'b': False, 'c': None}", { a: true, b: false, c: null }],
    ["JavaScript's literals", '{a: undefined, b: NaN, c: -Infinity}', { a: null, b: null, c: null }],
    ['raw control characters', '{"a": "one\ntwo\tthree\u0001"}', { a: 'one\ntwo\tthree\u0001' }],
    ['forgotten escapes', '{"a": "he said "yes" to me", "re": "\\d+"}', { a: 'he said "yes" to me', re: '\\d+' }],
    ['numbers that are none', '{"a": +1, "b": .5, "c": 5., "d": 1e}', { a: 1, b: 0.5, c: 5, d: 1 }],
    ['codes that look like numbers', '{"zip": 01234}', { zip: '01234' }],
    ['a byte order mark', '\ufeff{"a": 1}', { a: 1 }],
    ['a bracket that was forgotten', '{"a": [1, {"b": 2], "c": 3}', { a: [1, { b: 2 }], c: 3 }],
    ['a bracket too many', '{"a": [1]], "b": 2}', { a: [1], b: 2 }],
    ['a cut in a string', '{"a": 1, "b": ["x", "half a sen', { a: 1, b: ['x', 'half a sen'] }],
    ['a cut in an escape', '{"a": "x\\u00', { a: 'x' }],
    ['a cut behind a backslash', '{"a": "x\\', { a: 'x' }],
    ['a cut in a key', '{"a": 1, "b', { a: 1 }],
    ['a cut behind a key', '{"a": 1, "b": ', { a: 1 }],
    ['a cut in a literal', '{"a": [true, fal', { a: [true, false] }],
    ['a cut in a number', '{"a": 12.', { a: 12 }],
    ['a cut behind a minus', '{"a": [1, -', { a: [1] }],
    ['the longest of several objects', 'First {"a": 1}, then {"b": [1, 2, 3],}.', { b: [1, 2, 3] }],
    ['an object rather than a list', 'As in [1, 2, 3, 4, 5]: {"a": 1}', { a: 1 }],
    ['a list where there is no object', '```\n[1, 2,]\n```', [1, 2]],
  ] as const)('repairs %s', (_, text, value) => {
    expect(healed(text)).toEqual(value);
  });

  test.each([
    ['prose', 'I am sorry, but I cannot do that.'],
    ['a remark in brackets', 'See [the manual] and {do this}.'],
    ['words without quotes', '{"a": hello}'],
    ['a missing value', '{"a": , "b": 1}'],
    ['a date without quotes', '{"a": 2026-11-21}'],
    ['an ellipsis', '{"a": [1, 2, ...]}'],
    ['a cut before anything was said', '{"a'],
    ['an inner object of what cannot be repaired', '{"a": hello, "b": {"c": 1}}'],
    ['nothing', ''],
  ])('leaves %s', (_, text) => {
    expect(healJson(text, 'object')).toBeNull();
  });

  test('prefers a list where the schema is one', () => {
    expect(healJson('{"a": [1, 2, 3]} or [1]', 'array')).toBe('[1]');
  });

  test('keeps every digit of a number', () => {
    expect(healJson('{"id": 12345678901234567890, "x": 1.10,}', 'object')).toBe('{"id":12345678901234567890,"x":1.10}');
  });

  test('nothing deeper than 128', () => {
    expect(healed(`${'['.repeat(128)}1`)).not.toBeNull();
    expect(healJson(`${'['.repeat(129)}1`, 'object')).toBeNull();
    expect(healJson('['.repeat(500_000), 'object')).toBeNull();
  });

  test.each([
    ['quotes', '{"a": "x '.repeat(40_000)],
    ['openings', '{ a { '.repeat(70_000)],
    ['objects that cannot be repaired', '{"a": b} '.repeat(50_000)],
    ['white space', `{"a": "${`"${' '.repeat(500)}x`.repeat(800)}`],
    ['commas', `[${','.repeat(400_000)}`],
    ['brackets', `[1${'}'.repeat(400_000)}`],
    ['comments', `[1,${'/**/'.repeat(100_000)}`],
  ])('is linear in %s', (_, text) => {
    const start = performance.now();
    healJson(text, 'object');
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('healJson, whatever the text', () => {
  const value = fc.jsonValue({ maxDepth: 4 });

  test('valid JSON stays as it is, to the letter', () => {
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\n\t'), fc.nat(3), (json, space, indent) => {
        const text = space + JSON.stringify(json, null, indent) + space;
        expect(healJson(text, 'object')).toBe(text);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('never throws, and gives JSON or nothing', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      ',',
      ':',
      '\\',
      '\n',
      '/*',
      '//',
      '1',
      '-',
      'e',
      'true',
      'x',
      ' ',
      '“',
      '```',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
        ),
        (text) => {
          const json = healJson(text, 'object');
          if (json !== null) JSON.parse(json);
        },
      ),
      { seed: 2, numRuns: 500 },
    );
  });

  test('what was damaged as models do it comes back as it was', () => {
    const group = fc.oneof(fc.array(value, { minLength: 1 }), fc.dictionary(fc.string(), value, { minKeys: 1 }));
    fc.assert(
      fc.property(group, fc.nat(), fc.boolean(), (json, seed, isCut) => {
        const damage = new Damage(seededRandom(seed));
        const written = damage.write(json);
        const text = isCut ? damage.cut(written) : damage.wrap(written);
        expect(healed(text)).toEqual(JSON.parse(JSON.stringify(json)));
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

/** Writes JSON as models do. */
class Damage {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  #chance(percent: number): boolean {
    return this.#random.next() * 100 < percent;
  }

  write(value: Json): string {
    if (value === null) return this.#chance(50) ? 'None' : 'null';
    if (typeof value === 'boolean') return this.#chance(50) ? (value ? 'True' : 'False') : String(value);
    if (typeof value === 'number') return JSON.stringify(value);
    if (typeof value === 'string') return this.#string(value);
    const items = Array.isArray(value)
      ? value.map((item) => this.write(item))
      : Object.entries(value).map(
          ([key, item]) => `${this.#key(key)}${this.#space()}:${this.#space()}${this.write(item ?? null)}`,
        );
    const trailing = items.length > 0 && this.#chance(30) ? ',' : '';
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    return `${open}${this.#space()}${items.join(`,${this.#space()}`)}${trailing}${this.#space()}${close}`;
  }

  #key(key: string): string {
    return /^[A-Za-z_]\w*$/.test(key) && this.#chance(50) ? key : this.#string(key);
  }

  #string(text: string): string {
    const quoted = JSON.stringify(text);
    if (this.#chance(30)) return `'${quoted.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
    // Raw control characters where JSON wants escapes.
    return this.#chance(50) ? quoted.replace(/(?<!\\)((?:\\\\)*)\\n/g, '$1\n') : quoted;
  }

  #space(): string {
    if (this.#chance(80)) return this.#chance(50) ? ' ' : '';
    return this.#chance(50) ? ' // a remark, "quoted"\n' : '\n/* one\nmore */ ';
  }

  wrap(json: string): string {
    const fenced = this.#chance(50) ? `\`\`\`json\n${json}\n\`\`\`` : json;
    return this.#chance(50)
      ? `Of course! Here's what you asked for:\n\n${fenced}\n\nLet me know if it's right.`
      : fenced;
  }

  /** Without what closes it at its end. */
  cut(json: string): string {
    return json.replace(/(?:[\s\]},]|\/\/ a remark, "quoted"\n|\/\* one\nmore \*\/)+$/, '');
  }
}
