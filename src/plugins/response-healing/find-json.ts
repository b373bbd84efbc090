/** The JSON that a text means: the text itself, or what stands between prose and code fences, repaired where it must be. */
import { repairJson } from './repair-json.ts';

/** Places looked at: each may cost one reading of the text. */
const MAX_TRIES = 16;

const OPENING = /[{[]/g;
/** What follows the bracket where it opens JSON and no remark, such as `[see below]`. */
const LOOKS_LIKE_OBJECT = /\{\s*(?:["'“‘}#]|\/[/*]|$|[\p{L}\p{N}_$][\p{L}\p{N}_$.-]*\s*(?::|\/[/*]|#|$))/uy;
const LOOKS_LIKE_ARRAY = /\[\s*(?:["'“‘{[\]#\d.-]|\/[/*]|$|(?:true|false|null|True|False|None)\b)/y;

interface Found {
  readonly json: string;
  readonly isArray: boolean;
  /** How much of the text it is. */
  readonly span: number;
}

export type RootKind = 'object' | 'array';

/** Valid JSON for the text: the text itself where it is valid; null where none can be made of it. Never throws. */
export function healJson(text: string, expected: RootKind): string | null {
  if (isJson(text)) return text;
  let best: Found | undefined;
  let from = 0;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const start = nextOpening(text, from);
    if (start < 0) break;
    const end = balancedEnd(text, start);
    const found = foundAt(text, start, end);
    if (found && isBetter(found, best, expected)) best = found;
    // What stands inside a group is a part of it: never the answer by itself.
    if (end < 0 && !found) break;
    from = Math.max(end, start + (found?.span ?? 0));
  }
  return best?.json ?? null;
}

function foundAt(text: string, start: number, end: number): Found | undefined {
  const isArray = text[start] === '[';
  const slice = end < 0 ? '' : text.slice(start, end);
  if (slice !== '' && isJson(slice)) return { json: slice, isArray, span: slice.length };
  const repaired = repairJson(end < 0 ? beforeFence(text, start) : text, start);
  if (!repaired || !isJson(repaired.json)) return undefined;
  return { json: repaired.json, isArray, span: repaired.end - start };
}

/** JSON that was cut inside its code fence ends where the fence does. */
function beforeFence(text: string, start: number): string {
  const fence = text.lastIndexOf('\n```');
  return fence > start ? text.slice(0, fence) : text;
}

/** The expected kind first, then the longest. */
function isBetter(found: Found, best: Found | undefined, expected: RootKind): boolean {
  if (!best) return true;
  if (found.isArray !== best.isArray) return found.isArray === (expected === 'array');
  return found.span > best.span;
}

function nextOpening(text: string, from: number): number {
  OPENING.lastIndex = from;
  for (let match = OPENING.exec(text); match; match = OPENING.exec(text)) {
    const looks = match[0] === '{' ? LOOKS_LIKE_OBJECT : LOOKS_LIKE_ARRAY;
    looks.lastIndex = match.index;
    if (looks.test(text)) return match.index;
  }
  return -1;
}

/** Position after the bracket that closes the one at `start`, by counting outside of strings; -1 where there is none. */
function balancedEnd(text: string, start: number): number {
  let depth = 0;
  let isString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (isString) {
      if (character === '\\') at++;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return -1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
