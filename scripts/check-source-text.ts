/** A TypeScript file as text for the checks: comments and string contents blanked, lines kept, imports read off. */

export interface SourceText {
  /** Comments blanked: code and its strings. */
  readonly code: string;
  /** String contents blanked too (code inside `${}` stays). */
  readonly bare: string;
  readonly imports: readonly SourceImport[];
}

export interface SourceImport {
  readonly specifier: string;
  readonly line: number;
}

/** Static, re-exporting, bare and dynamic imports, type-only ones too. */
const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g;

export function readSource(text: string): SourceText {
  const { code, bare } = blank(text);
  const imports = [...code.matchAll(IMPORT)]
    // The quote of a real import is no part of a string: it is still there in the bare text.
    .filter((match) => bare[match.index] !== ' ')
    .map((match) => ({ specifier: match[2] ?? '', line: lineAt(text, match.index) }));
  return { code, bare, imports };
}

export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

type Mode = 'code' | 'comment' | 'string';

function blank(text: string): { readonly code: string; readonly bare: string } {
  const code = text.split('');
  const bare = text.split('');
  for (const { mode, from, to } of spans(text)) {
    for (let at = from; at < to; at++) {
      if (text[at] === '\n') continue;
      if (mode === 'comment') code[at] = ' ';
      if (mode !== 'code') bare[at] = ' ';
    }
  }
  return { code: code.join(''), bare: bare.join('') };
}

interface Span {
  readonly mode: Mode;
  readonly from: number;
  readonly to: number;
}

/** The spans that are not code. Quotes are code, what they enclose is a string; so are the contents of a regular expression. */
function* spans(text: string): Generator<Span> {
  /** Depth of braces inside each open `${}`. */
  const templates: number[] = [];
  let at = 0;
  while (at < text.length) {
    const end = endOfToken(text, at, templates);
    if (end.mode !== 'code') yield { mode: end.mode, from: at + end.quote, to: end.to - end.quote };
    at = end.to;
  }
}

interface Token {
  readonly mode: Mode;
  readonly to: number;
  /** Characters of quotes on each side. */
  readonly quote: number;
}

function endOfToken(text: string, at: number, templates: number[]): Token {
  const character = text[at] ?? '';
  if (text.startsWith('//', at)) return { mode: 'comment', to: endOrIndex(text, '\n', at), quote: 0 };
  if (text.startsWith('/*', at)) return { mode: 'comment', to: endOrIndex(text, '*/', at + 2) + 2, quote: 0 };
  if (character === "'" || character === '"') return stringToken(text, at, character);
  if (character === '`') return templateToken(text, at, templates);
  const depth = templates.length - 1;
  const braces = templates[depth];
  if (braces !== undefined && character === '{') templates[depth] = braces + 1;
  if (braces !== undefined && character === '}') {
    if (braces === 0) {
      templates.pop();
      return templateToken(text, at, templates);
    }
    templates[depth] = braces - 1;
  }
  const pattern = character === '/' && startsExpression(text, at) ? REGEX.exec(lineFrom(text, at)) : null;
  if (pattern) return { mode: 'string', to: at + pattern[0].length, quote: 1 };
  return { mode: 'code', to: at + 1, quote: 0 };
}

function stringToken(text: string, at: number, quote: string): Token {
  let to = at + 1;
  while (to < text.length && text[to] !== quote && text[to] !== '\n') to += text[to] === '\\' ? 2 : 1;
  return { mode: 'string', to: Math.min(to + 1, text.length), quote: 1 };
}

/** From a backtick, or from the brace that ends `${}`, to the next `${` or the closing backtick. */
function templateToken(text: string, at: number, templates: number[]): Token {
  let to = at + 1;
  while (to < text.length && text[to] !== '`' && !text.startsWith('${', to)) to += text[to] === '\\' ? 2 : 1;
  if (text[to] === '$') {
    templates.push(0);
    return { mode: 'string', to: to + 2, quote: 1 };
  }
  return { mode: 'string', to: Math.min(to + 1, text.length), quote: 1 };
}

const REGEX = /^\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/;

function lineFrom(text: string, at: number): string {
  return text.slice(at, endOrIndex(text, '\n', at));
}

/** Whether a slash here begins a regular expression rather than dividing: what stands before it decides. */
function startsExpression(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  return before === '' || /[=(,:;!&|?{}[+\-*%<>~^]$|\b(?:return|case|typeof|in|of)$/.test(before);
}

function endOrIndex(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from);
  return found < 0 ? text.length : found;
}
