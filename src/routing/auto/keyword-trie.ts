/**
 * Finds all keywords in one pass over a text: at each beginning of a word it walks a tree of letters. A walk ends after the
 * longest keyword at the latest, so the work is bounded by the text's length times that, whatever the text is.
 *
 * The tree's branches lie in one open hash table of integers: a walk allocates nothing and misses at its first look.
 */
import type { KeywordSet } from './keywords.ts';
import type { TaskKind } from './task.ts';

export interface Keyword {
  readonly index: number;
  readonly text: string;
  readonly kind: TaskKind;
  readonly points: number;
}

export interface KeywordTrie {
  /** How many keywords there are. */
  readonly size: number;
  /** Node and letter → the place of their child; -1 where the table is free. */
  readonly branches: Int32Array;
  readonly children: Int32Array;
  /** By node: the keyword that ends there, where the word must end too. */
  readonly wholes: readonly (Keyword | undefined)[];
  /** By node: the keyword that ends there, where the word may go on. */
  readonly stems: readonly (Keyword | undefined)[];
}

const GOES_ON = '*';
const CODE_BITS = 16;
/** Node and letter share 31 bits. */
const MOST_NODES = 1 << (31 - CODE_BITS);
const TABLE_BITS = 16;
const TABLE_SIZE = 1 << TABLE_BITS;
const FREE = -1;
const ROOT = 0;
const NONE = -1;

/** From here on are scripts written without spaces between words. */
const FIRST_UNSPACED = 0x2e80;

/** 1 for letters and digits of scripts that put spaces between words, by code. Texts are in lower case. */
const SPACED_LETTERS = new Uint8Array(1 << CODE_BITS);
for (let code = 0; code < FIRST_UNSPACED; code++) {
  const isAscii = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
  const isPunctuation = code < 0xc0 || code === 0xd7 || code === 0xf7 || (code >= 0x2000 && code < 0x2c00);
  if (isAscii || !isPunctuation) SPACED_LETTERS[code] = 1;
}

/** @throws RangeError where a keyword is listed twice (its points would depend on the order), or there are too many */
export function buildTrie(sets: readonly KeywordSet[]): KeywordTrie {
  const branches = new Int32Array(TABLE_SIZE).fill(FREE);
  const children = new Int32Array(TABLE_SIZE);
  const wholes: (Keyword | undefined)[] = [undefined];
  const stems: (Keyword | undefined)[] = [undefined];
  let size = 0;
  const childOf = (node: number, code: number): number => {
    const slot = slotOf(branches, node, code);
    if (branches[slot] !== FREE) return children[slot] ?? ROOT;
    if (wholes.length === MOST_NODES) throw new RangeError(`the keywords need more than ${MOST_NODES} nodes`);
    branches[slot] = (node << CODE_BITS) | code;
    children[slot] = wholes.length;
    stems.push(undefined);
    return wholes.push(undefined) - 1;
  };
  for (const { kind, points, words } of sets) {
    for (const word of words.split('|')) {
      const mayGoOn = word.length > 1 && word.endsWith(GOES_ON);
      const text = mayGoOn ? word.slice(0, -1) : word;
      let node = ROOT;
      for (let at = 0; at < text.length; at++) node = childOf(node, text.charCodeAt(at));
      if (node === ROOT || wholes[node] || stems[node]) throw new RangeError(`${kind}: "${word}" is listed twice`);
      (mayGoOn ? stems : wholes)[node] = { index: size++, text, kind, points };
    }
  }
  return { size, branches, children, wholes, stems };
}

/** The place of a branch in the table, or the free one where it would be. */
function slotOf(branches: Int32Array, node: number, code: number): number {
  const branch = (node << CODE_BITS) | code;
  let slot = Math.imul(branch, 0x9e3779b1) >>> (32 - TABLE_BITS);
  for (;;) {
    const held = branches[slot];
    if (held === branch || held === FREE) return slot;
    slot = (slot + 1) & (TABLE_SIZE - 1);
  }
}

/**
 * The longest keyword at each place where one begins.
 * @param text in lower case
 */
export function findKeywords(
  trie: KeywordTrie,
  text: string,
  found: (keyword: Keyword, position: number) => void,
): void {
  let afterLetter = false;
  for (let at = 0; at < text.length; at++) {
    const isLetter = SPACED_LETTERS[text.charCodeAt(at)] === 1;
    if (!(isLetter && afterLetter)) {
      const keyword = longestAt(trie, text, at);
      if (keyword) found(keyword, at);
    }
    afterLetter = isLetter;
  }
}

function longestAt(
  { branches, children, wholes, stems }: KeywordTrie,
  text: string,
  from: number,
): Keyword | undefined {
  let longest: Keyword | undefined;
  let node = ROOT;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const slot = slotOf(branches, node, code);
    node = branches[slot] === FREE ? NONE : (children[slot] ?? NONE);
    if (node === NONE) break;
    const whole = wholes[node];
    if (stems[node]) longest = stems[node];
    else if (whole && !(SPACED_LETTERS[code] === 1 && SPACED_LETTERS[text.charCodeAt(at + 1)] === 1)) longest = whole;
  }
  return longest;
}
