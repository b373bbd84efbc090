/** Lists of the caller's words in sentences for people: a caller may send a megabyte of them, and a sentence is kept per endpoint. */

const MOST_WORDS = 8;
const MOST_CHARACTERS = 64;

/** `a, b, c`; of a long list the first ones and how many more. */
export function listed(words: readonly string[]): string {
  const named = words.slice(0, MOST_WORDS).map(shortened).join(', ');
  return words.length > MOST_WORDS ? `${named} and ${words.length - MOST_WORDS} more` : named;
}

/** The word, or its beginning where it is too long to be a name. */
export function shortened(word: string): string {
  return word.length > MOST_CHARACTERS ? `${word.slice(0, MOST_CHARACTERS)}…` : word;
}
