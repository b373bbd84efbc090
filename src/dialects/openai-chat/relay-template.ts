/**
 * The relay's short cut: most frames of a stream differ only in their text. A template is learnt from one parsed frame and
 * proved by parsing a probe; a later frame with the same skeleton is rewritten by patching prefix and suffix, unparsed.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt } from '../../core/json.ts';
import { endOfPlainText, stringGap } from '../shared/upstream/text-form.ts';

/** Fields of a delta that carry plain text. */
export type TextField = 'content' | 'reasoning' | 'reasoning_content';

export interface Template {
  readonly field: TextField;
  /** Rewrites a frame of this skeleton, or undefined where it is not one. */
  apply(frame: string): string | undefined;
  /** Characters that the skeleton takes away from a frame: the rest is its text. */
  readonly skeletonLength: number;
  /**
   * Rewrites all whole events of this skeleton that stand one after another from `at` on, as pieces into `out`.
   * Gives the position after them (`at` where there is none) without cutting a frame out of the text first.
   */
  skim(text: string, at: number, out: string[]): number;
  /** How many pieces `skim` writes for one event. */
  readonly piecesPerEvent: number;
}

/** Stands for the text while a template is learnt; JSON leaves it as it is. */
const PROBE = '~signalbox~probe~';

/**
 * Learns from a frame as received and our rewriting of it with PROBE as the text (which may name the text several times).
 * Gives undefined where the text's place is not unmistakable.
 */
export function learnTemplate(received: string, field: TextField, rewrittenWithProbe: string): Template | undefined {
  const span = stringGap(received, field, 'text');
  if (!span) return undefined;
  const prefix = received.slice(0, span.start);
  const suffix = received.slice(span.end);
  if (!provesField(`${prefix}${PROBE}${suffix}`, field)) return undefined;
  const [head, ...tails] = rewrittenWithProbe.split(PROBE);
  if (head === undefined || tails.length === 0) return undefined;
  const skeletonLength = prefix.length + suffix.length;
  const eventPrefix = `data: ${prefix}`;
  const eventSuffix = `${suffix}\n\n`;
  return {
    skim(text, at, out) {
      let next = at;
      while (text.startsWith(eventPrefix, next)) {
        const start = next + eventPrefix.length;
        const end = endOfPlainText(text, start);
        // A frame without text says nothing, and what says nothing is not passed on.
        if (end === start || !text.startsWith(eventSuffix, end)) break;
        const plain = text.slice(start, end);
        out.push(head);
        for (const tail of tails) out.push(plain, tail);
        next = end + eventSuffix.length;
      }
      return next;
    },
    field,
    skeletonLength,
    piecesPerEvent: 1 + 2 * tails.length,
    apply(frame) {
      const end = frame.length - suffix.length;
      if (frame.length <= skeletonLength || !frame.startsWith(prefix) || !frame.endsWith(suffix)) return undefined;
      // The text must be plain up to where the suffix begins: an escape, a quote or a control character wants the parser.
      if (endOfPlainText(frame, prefix.length) !== end) return undefined;
      const text = frame.slice(prefix.length, end);
      let rewritten = head;
      for (const tail of tails) rewritten += text + tail;
      return rewritten;
    },
  };
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

/** The one field that carries all the text of the frame's one choice; undefined where the frame says anything else. */
export function onlyText(frame: JsonObject): TextField | undefined {
  const choice = isJsonArray(frame['choices']) ? frame['choices'][0] : undefined;
  if (!isJsonObject(choice) || isJsonObject(choice['logprobs'])) return undefined;
  const delta = objectAt(choice, 'delta') ?? {};
  let field: TextField | undefined;
  for (const key of Object.keys(delta)) {
    const value = delta[key];
    if (key === 'role' || value === null || value === '') continue;
    if (typeof value !== 'string' || field !== undefined) return undefined;
    if (key !== 'content' && key !== 'reasoning' && key !== 'reasoning_content') return undefined;
    field = key;
  }
  return field;
}

/** Our rewriting of such a choice with PROBE as its text. */
export function withProbe(choice: JsonObject, field: TextField): JsonObject {
  const delta = objectAt(choice, 'delta') ?? {};
  if (field === 'content') return { ...choice, delta: { ...delta, content: PROBE } };
  const details = isJsonArray(delta['reasoning_details']) ? delta['reasoning_details'] : [];
  const probed = details.map((detail) => (isJsonObject(detail) ? { ...detail, text: PROBE } : detail));
  return { ...choice, delta: { ...delta, reasoning: PROBE, reasoning_details: probed } };
}
