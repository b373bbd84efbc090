/** A configuration file as a value, with the place of every key (YAML, or JSON with comments and trailing commas). */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { blankJsonExtras, looksLikeJson } from './json-comments.ts';
import { findJsonPlaces } from './json-places.ts';
import type { Path, Position, Problem } from './problems.ts';

export interface ParsedFile {
  readonly value: unknown;
  /** Where the key (or list item) stands; the nearest existing parent where it does not. */
  locate(path: Path): Position;
}

export type ParseOutcome =
  | { readonly ok: true; readonly parsed: ParsedFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseFile(file: string, text: string): ParseOutcome {
  const isJson = looksLikeJson(file, text);
  const source = isJson ? blankJsonExtras(text) : text;
  const asJson = isJson ? parseJson(file, source) : null;
  if (asJson) return asJson;
  const lineCounter = new LineCounter();
  // Pretty errors quote the source, which may hold a secret.
  const document = parseDocument(source, { lineCounter, prettyErrors: false, merge: true });
  if (document.errors.length > 0) {
    return { ok: false, problems: syntaxProblems(file, source, isJson, document.errors, lineCounter) };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    // The parser's words would repeat the name after the star, which may be a key that was never meant as one.
    const position = locateBrokenAlias(document, lineCounter);
    const message =
      'an alias (*name) has no anchor (&name) before it, or there are too many. Put quotes around a * meant as text.';
    return { ok: false, problems: [{ origin: file, position, path: '', message, suggestion: null }] };
  }
  return { ok: true, parsed: { value: value ?? {}, locate: (path) => locate(document, lineCounter, path) } };
}

/** Null where it is no sound JSON after all: the YAML parser then says what is wrong, or takes it. */
function parseJson(file: string, source: string): ParseOutcome | null {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return null;
  }
  const places = findJsonPlaces(source);
  const positionOf = (offset: number): Position => {
    const before = source.slice(0, offset);
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
  };
  if (places.repeated.length === 0) {
    return { ok: true, parsed: { value, locate: (path) => positionOf(places.offsetOf(path)) } };
  }
  const message = SYNTAX.DUPLICATE_KEY ?? '';
  return {
    ok: false,
    problems: places.repeated.map((offset) => ({
      origin: file,
      position: positionOf(offset),
      path: '',
      message,
      suggestion: null,
    })),
  };
}

function locateBrokenAlias(document: Document, lineCounter: LineCounter): Position {
  let offset = 0;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return undefined;
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  const { line, col: column } = lineCounter.linePos(offset);
  return { line, column };
}

const SYNTAX: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key occurs twice in the same place; keep one of them.',
  BAD_INDENT: 'the indentation does not fit the lines above.',
  TAB_AS_INDENT: 'a tab cannot indent YAML; use spaces.',
  MISSING_CHAR: 'a closing bracket, quote or separator is missing.',
  UNEXPECTED_TOKEN: 'something stands here that does not fit what comes before it.',
  MULTIPLE_DOCS: 'a second document begins here; a configuration is one document.',
};

/** One broken bracket makes the parser complain many times: the first complaint, and every repeated key. */
function syntaxProblems(
  file: string,
  source: string,
  isJson: boolean,
  errors: readonly YAMLError[],
  lineCounter: LineCounter,
): readonly Problem[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  const told = errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
  return told.map((error) => {
    const { line, col: column } = lineCounter.linePos(error.pos[0]);
    const text = source.split('\n')[line - 1] ?? '';
    const reason = SYNTAX[error.code] ?? `this is not valid ${isJson ? 'JSON' : 'YAML'} (${error.code}).`;
    const hint = /[{[,].*[^"']\$\{/.test(text) ? ` Inside { } or [ ] a reference needs quotes: "\${NAME}".` : '';
    return { origin: file, position: { line, column }, path: '', message: `${reason}${hint}`, suggestion: null };
  });
}

function locate(document: Document, lineCounter: LineCounter, path: Path): Position {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const segment of path) {
    const next = childOf(isAlias(node) ? resolveAlias(document, node) : node, segment);
    if (!next) break;
    offset = startOf(next.at) ?? offset;
    node = next.value;
  }
  const { line, col } = lineCounter.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function childOf(node: unknown, segment: string | number): { readonly at: unknown; readonly value: unknown } | null {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(segment));
    return pair ? { at: pair.key, value: pair.value } : null;
  }
  if (isSeq(node) && typeof segment === 'number') {
    const item = node.items[segment];
    return item === undefined ? null : { at: item, value: item };
  }
  return null;
}

const resolveAlias = (document: Document, alias: Alias): Node | undefined => alias.resolve(document);

function startOf(node: unknown): number | null {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0] ?? null;
  return null;
}
