/**
 * JSON as models write it, as JSON: comments, trailing and missing commas, other quotes, unquoted keys, Python's and
 * JavaScript's literals, brackets that were never closed because the answer was cut. One pass, bounded depth, no guesses: words
 * without quotes, missing values and an ellipsis are not repaired.
 */
import { isSpace, opensString, repairString } from './repair-string.ts';

/** As deep as bodies may be. */
const MAX_DEPTH = 128;

const KEY = /[\p{L}\p{N}_$][\p{L}\p{N}_$.-]*/uy;
const NUMBER = /([+-]?)(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d*)?/y;
const WORD = /-?[A-Za-z]+/y;
/** What cannot follow a number or a literal: it is a date, a version, a word. A comment can. */
const GOES_ON = /[\p{L}\p{N}_.:-]|\/(?![/*])/uy;

const LITERALS: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['True', 'true'],
  ['TRUE', 'true'],
  ['false', 'false'],
  ['False', 'false'],
  ['FALSE', 'false'],
  ['null', 'null'],
  ['None', 'null'],
  ['NULL', 'null'],
  // JSON has no words for these.
  ['undefined', 'null'],
  ['NaN', 'null'],
  ['Infinity', 'null'],
  ['-Infinity', 'null'],
]);

export interface Repaired {
  readonly json: string;
  /** Position after what was read. */
  readonly end: number;
}

/** `cut`: the text ended before there was anything to keep. */
type Outcome = 'written' | 'cut' | 'wrong';

/** Reads the object or array that opens at `start`; null where it cannot be repaired. Never throws. */
export function repairJson(text: string, start: number): Repaired | null {
  const repair = new JsonRepair(text, start);
  if (repair.readValue() !== 'written') return null;
  const json = repair.json;
  // Nothing was left of it: that is no repair.
  return json.length > 2 || /^[{[]\s*[}\]]$/.test(text.slice(start, repair.end)) ? { json, end: repair.end } : null;
}

class JsonRepair {
  readonly #text: string;
  readonly #out: string[] = [];
  /** The closing brackets that are due, outermost first. */
  readonly #due: string[] = [];
  #at: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  get json(): string {
    return this.#out.join('');
  }

  get end(): number {
    return this.#at;
  }

  readValue(): Outcome {
    const next = this.#text[this.#at];
    if (next === undefined) return 'cut';
    if (next === '{') return this.#readGroup('{', '}', () => this.#readMember());
    if (next === '[') return this.#readGroup('[', ']', () => this.readValue());
    if (opensString(next)) {
      this.#readString();
      return 'written';
    }
    return this.#readNumber() ?? this.#readWord();
  }

  /** An object or an array: items up to its bracket, to an outer one's, or to the end of the text. */
  #readGroup(open: string, close: string, readItem: () => Outcome): Outcome {
    if (this.#due.length >= MAX_DEPTH) return 'wrong';
    this.#due.push(close);
    this.#out.push(open);
    this.#at++;
    let isFirst = true;
    while (!this.#isClosed(close)) {
      const mark = this.#out.length;
      if (!isFirst) this.#out.push(',');
      const outcome = readItem();
      if (outcome === 'wrong') return 'wrong';
      if (outcome === 'written') isFirst = false;
      else {
        this.#out.length = mark;
        this.#at = this.#text.length;
      }
    }
    this.#due.pop();
    this.#out.push(close);
    return 'written';
  }

  /** Skips to the next item; true where there is none. Commas may be missing, doubled or trailing; stray brackets go. */
  #isClosed(close: string): boolean {
    for (;;) {
      this.#skipSpace();
      const next = this.#text[this.#at];
      if (next === undefined) return true;
      if (next === close) {
        this.#at++;
        return true;
      }
      const isBracket = next === '}' || next === ']';
      // It closes an outer group: ours was forgotten.
      if (isBracket && this.#due.includes(next)) return true;
      if (!isBracket && next !== ',') return false;
      this.#at++;
    }
  }

  #readMember(): Outcome {
    if (opensString(this.#text[this.#at])) {
      if (this.#readString()) return 'cut';
    } else {
      const key = this.#match(KEY)?.[0];
      if (key === undefined) return 'wrong';
      this.#out.push(JSON.stringify(key));
    }
    this.#skipSpace();
    const colon = this.#text[this.#at];
    if (colon !== ':') return colon === undefined ? 'cut' : 'wrong';
    this.#at++;
    this.#out.push(':');
    this.#skipSpace();
    return this.readValue();
  }

  /** True where the text ended in it. */
  #readString(): boolean {
    const { json, end, isCut } = repairString(this.#text, this.#at);
    this.#out.push(json);
    this.#at = end;
    return isCut;
  }

  #readNumber(): Outcome | undefined {
    if (this.#text[this.#at] === '-' && this.#at + 1 === this.#text.length) return 'cut';
    const [, sign = '', digits = '', exponent = ''] = this.#match(NUMBER) ?? [];
    if (digits === '') return undefined;
    if (this.#match(GOES_ON)) return 'wrong';
    const minus = sign === '-' ? '-' : '';
    // A number with leading zeros is a code; as a number it would lose them.
    if (/^0\d/.test(digits)) this.#out.push(JSON.stringify(minus + digits + exponent));
    else this.#out.push(minus + (digits.startsWith('.') ? '0' : '') + digits.replace(/\.$/, '') + whole(exponent));
    return 'written';
  }

  #readWord(): Outcome {
    const word = this.#match(WORD)?.[0] ?? '';
    const isLast = this.#at === this.#text.length;
    const literal = LITERALS.get(word) ?? (isLast && word !== '' ? literalBeginning(word) : undefined);
    if (literal === undefined || this.#match(GOES_ON)) return 'wrong';
    this.#out.push(literal);
    return 'written';
  }

  /** White space and comments: `//`, `#` to the end of the line, and blocks. */
  #skipSpace(): void {
    const text = this.#text;
    for (;;) {
      while (isSpace(text.charCodeAt(this.#at))) this.#at++;
      if (text[this.#at] === '#' || text.startsWith('//', this.#at)) this.#skipPast('\n');
      else if (text.startsWith('/*', this.#at)) this.#skipPast('*/');
      else return;
    }
  }

  #skipPast(mark: string): void {
    const at = this.#text.indexOf(mark, this.#at);
    this.#at = at < 0 ? this.#text.length : at + mark.length;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at += match[0].length;
    return match;
  }
}

/** An exponent that was cut says nothing. */
function whole(exponent: string): string {
  return /\d$/.test(exponent) ? exponent : '';
}

function literalBeginning(word: string): string | undefined {
  for (const [literal, json] of LITERALS) if (literal.startsWith(word)) return json;
  return undefined;
}
