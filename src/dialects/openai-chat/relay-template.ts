/**
 * The relay's short cut: most frames of a stream differ only in their text. A template is learnt from one parsed frame and
 * proved by parsing a probe; a later frame with the same skeleton is rewritten by patching prefix and suffix, unparsed.
 */
import { isJsonArray, isJsonObject, type Json, objectAt } from '../../core/json.ts';

/** Fields of a delta that carry plain text. */
export type TextField = 'content' | 'reasoning' | 'reasoning_content';

export interface Template {
  readonly field: TextField;
  /** Rewrites a frame of this skeleton, or undefined where it is not one. */
  apply(frame: string): string | undefined;
  /** Characters that the skeleton takes away from a frame: the rest is its text. */
  readonly skeletonLength: number;
}

const QUOTE = 34;
const BACKSLASH = 92;
const FIRST_PRINTABLE = 32;
/** Stands for the text while a template is learnt; JSON leaves it as it is. */
export const PROBE = '~signalbox~probe~';

/**
 * Learns from a frame as received and our rewriting of it with PROBE as the text (which may name the text several times).
 * Gives undefined where the text's place is not unmistakable.
 */
export function learnTemplate(received: string, field: TextField, rewrittenWithProbe: string): Template | undefined {
  const span = findText(received, field);
  if (!span) return undefined;
  const prefix = received.slice(0, span.start);
  const suffix = received.slice(span.end);
  if (!provesField(`${prefix}${PROBE}${suffix}`, field)) return undefined;
  const [head, ...tails] = rewrittenWithProbe.split(PROBE);
  if (head === undefined || tails.length === 0) return undefined;
  const skeletonLength = prefix.length + suffix.length;
  return {
    field,
    skeletonLength,
    apply(frame) {
      const end = frame.length - suffix.length;
      if (frame.length < skeletonLength || !frame.startsWith(prefix) || !frame.endsWith(suffix)) return undefined;
      // The text must be plain up to where the suffix begins: an escape, a quote or a control character wants the parser.
      for (let at = prefix.length; at < end; at++) {
        const code = frame.charCodeAt(at);
        if (code === QUOTE || code === BACKSLASH || code < FIRST_PRINTABLE) return undefined;
      }
      const text = frame.slice(prefix.length, end);
      let rewritten = head;
      for (const tail of tails) rewritten += text + tail;
      return rewritten;
    },
  };
}

/** Where the field's string value stands in the frame, quotes excluded; undefined where it is absent or named twice. */
function findText(frame: string, field: TextField): { readonly start: number; readonly end: number } | undefined {
  const key = `"${field}"`;
  const at = frame.indexOf(key);
  if (at < 0 || frame.indexOf(key, at + key.length) >= 0) return undefined;
  let start = skipSpace(frame, at + key.length);
  if (frame[start] !== ':') return undefined;
  start = skipSpace(frame, start + 1);
  if (frame.charCodeAt(start) !== QUOTE) return undefined;
  start++;
  for (let end = start; end < frame.length; end++) {
    const code = frame.charCodeAt(end);
    if (code === BACKSLASH) end++;
    else if (code === QUOTE) return { start, end };
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function provesField(probe: string, field: TextField): boolean {
  let value: Json;
  try {
    value = JSON.parse(probe);
  } catch {
    return false;
  }
  if (!isJsonObject(value)) return false;
  const { choices } = value;
  const choice = isJsonArray(choices) && choices.length === 1 ? choices[0] : undefined;
  return isJsonObject(choice) && objectAt(choice, 'delta')?.[field] === PROBE;
}
