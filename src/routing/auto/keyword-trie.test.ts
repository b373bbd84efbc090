import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { buildTrie, findKeywords } from './keyword-trie.ts';
import { KEYWORDS } from './keywords.ts';

const listed = (words: string) => [{ kind: 'chat' as const, points: 1, words }];

function found(words: string, text: string): readonly string[] {
  const hits: string[] = [];
  findKeywords(buildTrie(listed(words)), text, (keyword, position) => hits.push(`${position} ${keyword.text}`));
  return hits;
}

describe('whole words, beginnings of words, and scripts without spaces', () => {
  test.each([
    ['hi', 'hi, this is hi-fi', ['0 hi', '12 hi']],
    ['translat*', 'translate a mistranslation, translating', ['0 translat', '28 translat']],
    ['翻译|译', '请翻译成', ['1 翻译', '2 译']],
    ['c++|c#', 'in c++17 or c#.', ['3 c++', '12 c#']],
    ['=>|```', 'a=>b ```', ['1 =>', '5 ```']],
    ['code|code review', 'code review of code reviewers', ['0 code review', '15 code']],
    ['write|write a *', 'write a story', ['0 write a ']],
    ['привет|что', 'приветствие, что-то', ['13 что']],
    ['é', 'été é', ['4 é']],
    ['a', '', []],
  ])('%s in "%s"', (words, text, hits) => {
    expect(found(words, text)).toEqual(hits);
  });

  test('a keyword listed twice is a mistake of ours', () => {
    expect(() => buildTrie(listed('one|two|one'))).toThrow('"one" is listed twice');
    expect(() => buildTrie(listed('one|one*'))).toThrow('listed twice');
    expect(() => buildTrie(listed(''))).toThrow(RangeError);
    expect(buildTrie(KEYWORDS).size).toBeGreaterThan(900);
  });
});

test('finds what a search for each keyword finds', () => {
  const word = fc.stringMatching(/^[ab翻]{1,4}$/);
  const entry = fc.tuple(word, fc.boolean()).map(([text, mayGoOn]) => ({ text, mayGoOn }));
  const entries = fc.uniqueArray(entry, { selector: ({ text }) => text, minLength: 1, maxLength: 8 });
  const text = fc.array(fc.constantFrom('a', 'b', '翻', ' ', '-'), { maxLength: 24 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(entries, text, (keywords, where) => {
      const words = keywords.map((each) => (each.mayGoOn ? `${each.text}*` : each.text)).join('|');
      expect(found(words, where)).toEqual(searched(keywords, where));
    }),
  );
});

/** At every place the longest keyword, letter by letter. */
function searched(keywords: readonly { readonly text: string; readonly mayGoOn: boolean }[], where: string) {
  const isLetter = (character: string | undefined) => character === 'a' || character === 'b';
  const hits: string[] = [];
  for (let at = 0; at < where.length; at++) {
    if (isLetter(where[at]) && isLetter(where[at - 1])) continue;
    const here = keywords.filter(({ text, mayGoOn }) => {
      const end = at + text.length;
      return where.startsWith(text, at) && (mayGoOn || !(isLetter(where[end - 1]) && isLetter(where[end])));
    });
    const longest = here.sort((a, b) => b.text.length - a.text.length)[0];
    if (longest) hits.push(`${at} ${longest.text}`);
  }
  return hits;
}
