/**
 * `~author/family-latest`: the newest model of a family, so that a caller need not follow releases (OpenRouter's API).
 *
 * A family is a model's id without what changes from release to release. The slug is cut at its hyphens, and
 * - numbers go (`4.5`, `v3`, `2507`, `20250807`, `08-2024`): versions and dates;
 * - `preview`, `exp`, `experimental`, `beta`, `alpha` and `rc` go, and mark a pre-release;
 * - a number at the end of a word goes (`qwen3.8` → `qwen`, `pro4` → `pro`), and a single letter with a number goes whole
 *   (`k3`, `m2.7`, `r1`) unless it begins the slug (`o3` → `o`);
 * - letters after a number stay (`4.5v` → `v`: a line of its own);
 * - sizes stay as they are (`70b`, `a22b`, `8x22b`, `32k`), as does every other word: mini, flash, sonnet, coder, instruct, …
 *
 * So `claude-opus-5.5` is of `claude-opus`, `gpt-5.4-mini` of `gpt-mini` and `kimi-k3` of `kimi`. A second name keeps the
 * version and drops dates and pre-release words only: `~deepseek/deepseek-v4-flash-latest` stays with version 4.
 */
import { z } from 'zod';
import latestJson from './data/latest.json';

/** What is asked of a model to be found under such a name. */
export interface LatestCandidate {
  readonly id: string;
  readonly createdSeconds?: number;
  readonly retired?: { readonly successor: string };
  /** YYYY-MM-DD. */
  readonly expirationDate?: string | null;
  readonly router?: boolean;
}

export interface LatestOptions {
  /** YYYY-MM-DD; models whose last day is before it are left out. Absent = none is. */
  readonly today?: string;
  /** Models that every provider of theirs is about to end. */
  readonly deprecated?: ReadonlySet<string>;
}

const exceptions = z
  .object({
    alsoCounts: z.record(z.string(), z.object({ families: z.array(z.string()), because: z.string() })),
    previewsCount: z.record(z.string(), z.string()),
  })
  .parse(latestJson);

/** Family → the families whose name its models answer to as well. */
const COUNTS_FOR = new Map<string, readonly string[]>();
for (const [family, { families }] of Object.entries(exceptions.alsoCounts)) {
  for (const other of families) COUNTS_FOR.set(other, [...(COUNTS_FOR.get(other) ?? []), family]);
}
const PREVIEWS_COUNT = new Set(Object.keys(exceptions.previewsCount));

const PRE_RELEASE = new Set(['preview', 'exp', 'experimental', 'beta', 'alpha', 'rc']);
const NUMBER = /^v?\d+(?:[._]\d+)*$/;
const SIZE = /^(?:[ae]?\d+(?:\.\d+)?|\d+x\d+)[bkmt]$/;
const LETTER_AND_NUMBER = /^[a-z]\d+(?:\.\d+)*$/;
const TRAILING_NUMBER = /^([a-z]+)\.?\d+(?:\.\d+)*$/;
const LEADING_NUMBER = /^\d+(?:\.\d+)*([a-z]+)$/;
/** A word that says the id itself moves: such a model is no target. */
const FLOATING = 'latest';

/** `author/family`, or null for what has none: routers, `:variants`, ids without an author, ids that move themselves. */
export function familyOf(model: LatestCandidate): string | null {
  return read(model)?.family ?? null;
}

/** `~author/family-latest` of a family. */
export function latestAliasOf(family: string): string {
  return `~${family}-latest`;
}

/** `~author/family-latest` → the id of its newest model, for every family that has one. */
export function indexLatest(
  models: Iterable<LatestCandidate>,
  { today, deprecated }: LatestOptions = {},
): ReadonlyMap<string, string> {
  const releases: Release[] = [];
  for (const model of models) {
    const expired = today !== undefined && model.expirationDate != null && model.expirationDate < today;
    const release = model.retired || expired || deprecated?.has(model.id) ? undefined : read(model);
    if (release) releases.push(release);
  }
  const newest = new Map<string, Release>();
  for (const release of releases) {
    offer(newest, release.family, release);
    for (const family of COUNTS_FOR.get(release.family) ?? []) offer(newest, family, release);
  }
  const lines = new Map<string, Release>();
  for (const release of releases) if (!newest.has(release.line)) offer(lines, release.line, release);
  const ids = new Map([...newest].map(([family, { id }]) => [latestAliasOf(family), id]));
  // A line of one model under its own name is no family: its id says as much.
  for (const [line, { id }] of lines) if (id !== line) ids.set(latestAliasOf(line), id);
  return ids;
}

function offer(newest: Map<string, Release>, family: string, release: Release): void {
  const incumbent = newest.get(family);
  if (!incumbent || compare(release, incumbent, PREVIEWS_COUNT.has(family)) > 0) newest.set(family, release);
}

interface Release {
  readonly id: string;
  readonly family: string;
  /** The family with its version. */
  readonly line: string;
  readonly isPreRelease: boolean;
  readonly seconds: number;
  readonly version: readonly number[];
}

function read(model: LatestCandidate): Release | undefined {
  const { id } = model;
  const slash = id.indexOf('/');
  if (model.router || slash < 1 || id.includes(':')) return undefined;
  const words = id
    .slice(slash + 1)
    .toLowerCase()
    .split('-')
    .filter((word) => word !== '');
  if (words.includes(FLOATING)) return undefined;
  const family = words.flatMap(familyWord).join('-');
  if (family === '') return undefined;
  const author = id.slice(0, slash);
  const dated = dateOf(words);
  const line = words.filter((word, at) => !PRE_RELEASE.has(word) && !dated.words.has(at)).join('-');
  return {
    id,
    family: `${author}/${family}`,
    line: `${author}/${line}`,
    isPreRelease: words.some((word) => PRE_RELEASE.has(word)),
    // Lists date some models by their first version: a later date in the id itself is nearer the truth.
    seconds: Math.max(model.createdSeconds ?? 0, dated.seconds),
    version: words.flatMap((word, at) => (dated.words.has(at) || SIZE.test(word) ? [] : numbersOf(word))),
  };
}

function familyWord(word: string, at: number): readonly string[] {
  if (NUMBER.test(word) || PRE_RELEASE.has(word)) return [];
  if (SIZE.test(word)) return [word];
  if (at > 0 && LETTER_AND_NUMBER.test(word)) return [];
  return [TRAILING_NUMBER.exec(word)?.[1] ?? LEADING_NUMBER.exec(word)?.[1] ?? word];
}

function numbersOf(word: string): readonly number[] {
  return (word.match(/\d+/g) ?? []).map(Number);
}

interface DateInId {
  /** Positions of the words that say it. */
  readonly words: ReadonlySet<number>;
  /** Start of the day or month; 0 where the year is not said. */
  readonly seconds: number;
}

/** `20250807`, `2025-08-07`, `2507` (year, month), `08-2024`, and `0528` or `02-23` (month, day), which say no year. */
function dateOf(words: readonly string[]): DateInId {
  for (const [at, word] of words.entries()) {
    const next = words[at + 1] ?? '';
    const whole = /^(20\d\d)(\d\d)(\d\d)$/.exec(word);
    if (whole) return dateAt([at], whole[1], whole[2], whole[3]);
    if (/^20\d\d$/.test(word) && /^\d\d$/.test(next)) {
      const day = words[at + 2] ?? '';
      return /^\d\d$/.test(day) ? dateAt([at, at + 1, at + 2], word, next, day) : dateAt([at, at + 1], word, next);
    }
    if (/^(?:0[1-9]|1[0-2])$/.test(word)) {
      if (/^20\d\d$/.test(next)) return dateAt([at, at + 1], next, word);
      if (/^(?:0[1-9]|[12]\d|3[01])$/.test(next)) return dateAt([at, at + 1]);
    }
    const short = /^(\d\d)(\d\d)$/.exec(word);
    if (!short) continue;
    // No month is above 12, no year of these names below 23.
    const [, first, second] = short;
    return Number(first) >= 23 ? dateAt([at], `20${first}`, second) : dateAt([at]);
  }
  return dateAt([]);
}

function dateAt(words: readonly number[], year?: string, month?: string, day = '01'): DateInId {
  const milliseconds = year === undefined ? 0 : Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return { words: new Set(words), seconds: Number.isNaN(milliseconds) ? 0 : milliseconds / 1000 };
}

/** Positive where `left` is the newer one. Total: equal only for the same id. */
function compare(left: Release, right: Release, previewsCount: boolean): number {
  const released = previewsCount ? 0 : Number(right.isPreRelease) - Number(left.isPreRelease);
  return (
    released ||
    left.seconds - right.seconds ||
    compareVersions(left.version, right.version) ||
    // By the alphabet: a plain id before its dated snapshots.
    (left.id < right.id ? 1 : -1)
  );
}

function compareVersions(left: readonly number[], right: readonly number[]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
