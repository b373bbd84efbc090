/**
 * The relay's short cut: nearly all events of a stream differ only in their text, and leave as they came. A form is learnt from
 * one parsed event and proved by parsing a probe; later events of the same form are found without parsing.
 */
import { isJsonObject, objectAt } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import { endOfPlainText } from '../../shared/upstream/text-form.ts';

/** Deltas that carry plain text: field and type. */
const FIELDS = { text: 'text_delta', thinking: 'thinking_delta' } as const;
export type TextField = keyof typeof FIELDS;

export interface EventForm {
  readonly field: TextField;
  /**
   * Finds whole events of this form that stand one after another from `at` on: the position after them (`at` where there is
   * none), and the characters of text in them.
   */
  run(text: string, at: number): { readonly next: number; readonly characters: number };
  /** Characters of text in one event's data of this form; 0 where it is of another. */
  measure(data: string): number;
}

const NAME = 'event: content_block_delta\n';
const QUOTE = 34;
const SPACE = 32;
/** Stands for the text while a form is learnt; JSON leaves it as it is. */
const PROBE = '~signalbox~probe~';

/** Learns from the data of one event; undefined where the text's place is not unmistakable. */
export function learnForm(data: string, field: TextField): EventForm | undefined {
  const key = `"${field}"`;
  const at = data.indexOf(key);
  if (at < 0 || data.indexOf(key, at + key.length) >= 0) return undefined;
  const start = data.indexOf('"', at + key.length) + 1;
  if (start === 0 || data.slice(at + key.length, start).trim() !== ':"') return undefined;
  const end = endOfPlainText(data, start);
  if (data.charCodeAt(end) !== QUOTE) return undefined;
  const prefix = data.slice(0, start);
  const suffix = data.slice(end);
  if (!proves(`${prefix}${PROBE}${suffix}`, field)) return undefined;
  const opening = `${NAME}data: ${prefix}`;
  // Events leave as they came, so that spaces may be overlooked.
  const closing = suffix.replaceAll(' ', '');
  return {
    field,
    measure(data) {
      if (!data.startsWith(prefix)) return 0;
      const stop = endOfPlainText(data, prefix.length);
      return endOfData(data, stop, closing) === data.length ? stop - prefix.length : 0;
    },
    run(text, from) {
      let next = from;
      let characters = 0;
      while (text.startsWith(opening, next)) {
        const begin = next + opening.length;
        const stop = endOfPlainText(text, begin);
        const after = stop === begin ? -1 : endOfEvent(text, stop, closing);
        if (after < 0) break;
        characters += stop - begin;
        next = after;
      }
      return { next, characters };
    },
  };
}

function proves(probe: string, field: TextField): boolean {
  const value = tryParseJson(probe);
  if (!isJsonObject(value) || value['type'] !== 'content_block_delta') return false;
  const delta = objectAt(value, 'delta');
  return delta?.['type'] === FIELDS[field] && delta[field] === PROBE;
}

/** After the blank line, where the event closes as the learnt one did; -1 elsewhere. */
function endOfEvent(text: string, from: number, closing: string): number {
  const at = endOfData(text, from, closing);
  return at >= 0 && text.startsWith('\n\n', at) ? at + 2 : -1;
}

/** After data that closes so; spaces count for nothing (some hosts pad). -1 elsewhere. */
function endOfData(text: string, from: number, closing: string): number {
  let at = from;
  for (let i = 0; i < closing.length; i++) {
    while (text.charCodeAt(at) === SPACE) at++;
    if (text.charCodeAt(at) !== closing.charCodeAt(i)) return -1;
    at++;
  }
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
}
