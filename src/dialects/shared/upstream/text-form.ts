/**
 * Most frames of a stream differ only in a piece of text, and in counts and padding beside it. A form is what such frames have in
 * common: it is learnt from one that was parsed, proved by parsing it once more with other values in the gaps, and found in later
 * frames without parsing them.
 */
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';

/** A place at which frames of one form differ: the characters of a string, or those of a count. */
export interface Gap {
  readonly kind: 'text' | 'padding' | 'count';
  readonly start: number;
  readonly end: number;
}

export interface Found<About> {
  /** Position after the frame. */
  readonly next: number;
  readonly text: string;
  /** The last of its counts; -1 where it has none. */
  readonly count: number;
  /** What was said of the form when it was learnt. */
  readonly about: About;
}

export interface Lesson<About> {
  /** What stands before the data where frames are looked for; nothing where they stand alone. */
  readonly opening?: string;
  readonly gaps: readonly (Gap | undefined)[];
  readonly about: About;
  /** Whether a frame of this form says `text` where it should, and `counts` in their order. */
  proves(probe: JsonObject, text: string, counts: readonly number[]): boolean;
}

/** Forms worth remembering at once: of text, of reasoning, and one more for a host that alternates. */
const MAX_FORMS = 3;
/** A host whose frames never repeat a form is not worth more tries than this in a row. */
const MAX_TRIES = 12;
/** Stand for the gaps while a form is learnt; JSON leaves them as they are. */
const TEXT_PROBE = '~signalbox~probe~';
const PADDING_PROBE = '~signalbox~padding~';
const COUNT_PROBE = 81_250_000;

const QUOTE = 34;
const BACKSLASH = 92;
const TAB = 9;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;
const OPEN = 123;
const CLOSE = 125;

interface Form<About> {
  /** What stands before, between and after the gaps; the last without the brace that closes the frame. */
  readonly pieces: readonly string[];
  readonly kinds: readonly Gap['kind'][];
  readonly about: About;
}

/** The forms of one stream. */
export class TextForms<About> {
  #forms: Form<About>[] = [];
  #tries = 0;

  /** The frame that begins at `at`, if it is of a known form and says something. */
  find(data: string, at: number): Found<About> | undefined {
    for (const form of this.#forms) {
      const found = findForm(form, data, at);
      if (!found) continue;
      this.#tries = 0;
      return found;
    }
    return undefined;
  }

  /**
   * @param data of a frame that had to be parsed
   * @param teach asked only where there may be something to learn; undefined where the frame says more than a piece of text
   */
  learn(data: string, teach: () => Lesson<About> | undefined): void {
    // Of texts with escapes most are of a form that is known, which they hide.
    if (this.#tries >= MAX_TRIES || data.includes('\\')) return;
    const lesson = teach();
    if (!lesson) return;
    this.#tries++;
    const form = learnForm(data, lesson);
    if (form) this.#forms = [form, ...this.#forms].slice(0, MAX_FORMS);
  }
}

function learnForm<About>(data: string, { opening = '', gaps, about, proves }: Lesson<About>): Form<About> | undefined {
  const known = gaps.filter((gap) => gap !== undefined).sort((a, b) => a.start - b.start);
  if (known.length !== gaps.length || !data.endsWith('}')) return undefined;
  const pieces: string[] = [];
  const counts: number[] = [];
  let probe = '';
  let at = 0;
  for (const { kind, start, end } of known) {
    if (start < at) return undefined;
    pieces.push(data.slice(at, start));
    probe += data.slice(at, start) + probeOf(kind, counts);
    at = end;
  }
  probe += data.slice(at);
  pieces.push(data.slice(at, -1).trimEnd());
  pieces[0] = opening + pieces[0];
  const value = tryParseJson(probe);
  if (!isJsonObject(value) || !proves(value, TEXT_PROBE, counts)) return undefined;
  return { pieces, kinds: known.map(({ kind }) => kind), about };
}

function probeOf(kind: Gap['kind'], counts: number[]): string {
  switch (kind) {
    case 'text':
      return TEXT_PROBE;
    case 'padding':
      return PADDING_PROBE;
    case 'count':
      return String(counts[counts.push(COUNT_PROBE + counts.length) - 1]);
  }
}

function findForm<About>({ pieces, kinds, about }: Form<About>, data: string, at: number): Found<About> | undefined {
  let next = at;
  let textStart = at;
  let textEnd = at;
  let countStart = at;
  let countEnd = at;
  for (let i = 0; i < kinds.length; i++) {
    const piece = pieces[i] ?? '';
    if (!data.startsWith(piece, next)) return undefined;
    const start = next + piece.length;
    const kind = kinds[i];
    next = kind === 'count' ? endOfCount(data, start) : endOfPlainText(data, start);
    // A frame without text says nothing, and wants to be read as such.
    if (next === start && kind !== 'padding') return undefined;
    if (kind === 'text') {
      textStart = start;
      textEnd = next;
    } else if (kind === 'count') {
      countStart = start;
      countEnd = next;
    }
  }
  const last = pieces[kinds.length] ?? '';
  if (!data.startsWith(last, next)) return undefined;
  next += last.length;
  // Some hosts pad their frames with spaces.
  while (data.charCodeAt(next) === SPACE) next++;
  if (data.charCodeAt(next) !== CLOSE) return undefined;
  const count = countEnd > countStart ? Number(data.slice(countStart, countEnd)) : -1;
  return { next: next + 1, text: data.slice(textStart, textEnd), count, about };
}

/** Where a run of characters that need no escape ends: at a quote, a backslash, a control character or the data's end. */
export function endOfPlainText(data: string, from: number): number {
  let at = from;
  for (; at < data.length; at++) {
    const code = data.charCodeAt(at);
    if (code === QUOTE || code === BACKSLASH || code < SPACE) break;
  }
  return at;
}

/** Where a whole number without a sign ends; `from` where there is none, or one that JSON would not take. */
function endOfCount(data: string, from: number): number {
  let at = from;
  for (let code = data.charCodeAt(at); code >= ZERO && code <= NINE; code = data.charCodeAt(++at));
  return at > from + 1 && data.charCodeAt(from) === ZERO ? from : at;
}

// ---- where gaps are ----

/** The string that the only member of this name holds; undefined where that is not unmistakable. */
export function stringGap(data: string, key: string, kind: 'text' | 'padding'): Gap | undefined {
  const value = startOfValue(data, key);
  if (value === undefined || data.charCodeAt(value) !== QUOTE) return undefined;
  const end = endOfString(data, value + 1);
  return end < data.length ? { kind, start: value + 1, end } : undefined;
}

/** The count that the only member of this name holds; undefined where that is not unmistakable. */
export function countGap(data: string, key: string): Gap | undefined {
  const start = startOfValue(data, key);
  if (start === undefined) return undefined;
  const end = endOfCount(data, start);
  return end > start ? { kind: 'count', start, end } : undefined;
}

/** All counts that are members of the object that the only member of this name holds, or of objects inside it. */
export function countGapsOf(data: string, key: string): readonly Gap[] {
  const from = startOfValue(data, key);
  if (from === undefined || data[from] !== '{') return [];
  return [...data.slice(from, endOfObject(data, from)).matchAll(/(":\s*)(0|[1-9]\d*)(?=\s*[,}])/g)].map((match) => {
    const start = from + match.index + (match[1]?.length ?? 0);
    return { kind: 'count', start, end: start + (match[2]?.length ?? 0) };
  });
}

function endOfObject(data: string, from: number): number {
  let depth = 0;
  for (let at = from; at < data.length; at++) {
    const code = data.charCodeAt(at);
    if (code === QUOTE) at = endOfString(data, at + 1);
    else if (code === OPEN) depth++;
    else if (code === CLOSE && --depth === 0) return at + 1;
  }
  return data.length;
}

/** Where a string ends that begins at `from`: at its quote, or at the data's end. */
function endOfString(data: string, from: number): number {
  let at = from;
  for (; at < data.length && data.charCodeAt(at) !== QUOTE; at++) if (data.charCodeAt(at) === BACKSLASH) at++;
  return Math.min(at, data.length);
}

/** Where the value of the only member of this name begins. */
function startOfValue(data: string, key: string): number | undefined {
  const name = `"${key}"`;
  const at = data.indexOf(name);
  if (at < 0 || data.indexOf(name, at + name.length) >= 0) return undefined;
  const colon = skipSpace(data, at + name.length);
  return data[colon] === ':' ? skipSpace(data, colon + 1) : undefined;
}

function skipSpace(data: string, from: number): number {
  let at = from;
  while (data.charCodeAt(at) === SPACE || data.charCodeAt(at) === TAB) at++;
  return at;
}
