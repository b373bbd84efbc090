/**
 * Reasoning of one grammar carried through another that has a single opaque field for it (a signature, a thought signature,
 * encrypted content): the details are packed into that field and come back with the next turn. Opaque to the client, not
 * secret and not trusted: it says nothing that a caller could not say in `reasoning_details`.
 */
import type { ReasoningDetail } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, numberAt, stringAt } from '../../core/json.ts';

/** A multiple of three bytes, so that its base64 does not depend on what follows. */
const MARK = 'signalbox:reasoning:v01:';
const PREFIX = btoa(MARK);

/** One opaque text for the details: standard base64 all through, as one of the fields is checked as bytes. */
export function sealReasoning(details: readonly ReasoningDetail[]): string {
  return Buffer.from(MARK + JSON.stringify(details), 'utf8').toString('base64');
}

/** The details of a text that `sealReasoning` gave; null where the text is a provider's own. */
export function unsealReasoning(text: string): readonly ReasoningDetail[] | null {
  if (!isSealed(text)) return null;
  const plain = Buffer.from(text, 'base64').toString('utf8');
  let parsed: Json;
  try {
    parsed = JSON.parse(plain.slice(MARK.length));
  } catch {
    // Cut or changed on its way: it can be replayed to nobody.
    return [];
  }
  return isJsonArray(parsed) ? parsed.flatMap(readDetail) : [];
}

export function isSealed(text: string): boolean {
  return text.startsWith(PREFIX);
}

function readDetail(value: Json): readonly ReasoningDetail[] {
  if (!isJsonObject(value)) return [];
  const about = aboutOf(value);
  const text = stringAt(value, 'text');
  const signature = stringAt(value, 'signature');
  const summary = stringAt(value, 'summary');
  const data = stringAt(value, 'data');
  switch (value['type']) {
    case 'reasoning.text':
      return [
        { type: 'reasoning.text', ...about, ...(text !== undefined && { text }), ...(signature && { signature }) },
      ];
    case 'reasoning.summary':
      return summary === undefined ? [] : [{ type: 'reasoning.summary', ...about, summary }];
    case 'reasoning.encrypted':
      return data === undefined ? [] : [{ type: 'reasoning.encrypted', ...about, data }];
    default:
      return [];
  }
}

function aboutOf(value: JsonObject): Pick<ReasoningDetail, 'id' | 'format' | 'index'> {
  const id = stringAt(value, 'id');
  const format = stringAt(value, 'format');
  const index = numberAt(value, 'index');
  return {
    ...(id !== undefined && { id }),
    ...(format !== undefined && { format }),
    ...(index !== undefined && { index }),
  };
}
