/** A string as models write it, as a string of JSON: other quotes, raw control characters, forgotten escapes. */

export interface RepairedString {
  /** With its quotes. */
  readonly json: string;
  /** Position after the string. */
  readonly end: number;
  /** True where the text ended inside it. */
  readonly isCut: boolean;
}

/** Opening quote → closing quote. */
const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
]);

const PLAIN_ESCAPES = new Set(['"', '\\', '/', 'b', 'f', 'n', 'r', 't']);
const FOUR_HEX = /^[0-9a-fA-F]{4}$/;
const TWO_HEX = /^[0-9a-fA-F]{2}$/;
const HEX_SO_FAR = /^[0-9a-fA-F]*$/;

export function opensString(character: string | undefined): boolean {
  return character !== undefined && QUOTES.has(character);
}

/** Reads the string whose opening quote stands at `start`. Linear: looks ahead over white space only. */
export function repairString(text: string, start: number): RepairedString {
  const close = QUOTES.get(text[start] ?? '') ?? '"';
  let json = '"';
  let from = start + 1;
  let at = from;
  const flush = (): void => {
    json += text.slice(from, at);
  };
  while (at < text.length) {
    const character = text[at];
    if (character === '\\') {
      flush();
      const escaped = repairEscape(text, at);
      json += escaped.json;
      at = escaped.end;
      from = at;
    } else if (character === close && endsString(text, at + 1)) {
      flush();
      return { json: `${json}"`, end: at + 1, isCut: false };
    } else if (character === '"' || text.charCodeAt(at) < 0x20) {
      flush();
      json += JSON.stringify(character).slice(1, -1);
      at++;
      from = at;
    } else at++;
  }
  flush();
  return { json: `${json}"`, end: text.length, isCut: true };
}

/** One escape as JSON has it; a backslash that begins none is a backslash. */
function repairEscape(text: string, at: number): { readonly json: string; readonly end: number } {
  const next = text[at + 1];
  if (next === undefined) return { json: '', end: text.length };
  if (PLAIN_ESCAPES.has(next)) return { json: `\\${next}`, end: at + 2 };
  if (next === 'u') {
    const digits = text.slice(at + 2, at + 6);
    if (FOUR_HEX.test(digits)) return { json: `\\u${digits}`, end: at + 6 };
    if (at + 6 > text.length && HEX_SO_FAR.test(digits)) return { json: '', end: text.length };
  }
  const digits = text.slice(at + 2, at + 4);
  if (next === 'x' && TWO_HEX.test(digits)) return { json: `\\u00${digits}`, end: at + 4 };
  if (opensString(next)) return { json: next, end: at + 2 };
  if (next === '\n') return { json: '\\n', end: at + 2 };
  return { json: '\\\\', end: at + 1 };
}

/**
 * Whether a closing quote is one, by what follows it: what may follow a string does, or the text goes on in a new line or
 * with another string. Otherwise somebody forgot to escape it: `"he said "yes" to me"`.
 */
function endsString(text: string, after: number): boolean {
  let at = after;
  let isNewLine = false;
  for (; at < text.length && isSpace(text.charCodeAt(at)); at++) isNewLine ||= text[at] === '\n';
  const next = text[at];
  switch (next) {
    case undefined:
    case ',':
    case ':':
    case '}':
    case ']':
    case '#':
      return true;
    case '/':
      return text[at + 1] === '/' || text[at + 1] === '*';
    case '`':
      return text.startsWith('```', at);
    default:
      return isNewLine || (at > after && opensString(next));
  }
}

export function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0 || unit === 0xfeff || unit === 0x2028;
}
