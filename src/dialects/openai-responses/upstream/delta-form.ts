/** Events that differ only in their piece of text, their number and their padding: what is to be learnt of one (text-form.ts). */
import { isJsonArray, type JsonObject, numberAt, stringAt } from '../../../core/json.ts';
import { countGap, type Lesson, stringGap } from '../../shared/upstream/text-form.ts';
import type { PartKind, Place } from './item-reader.ts';

/** Where the pieces of a form belong. */
export interface DeltaPlace {
  readonly place: Place;
  readonly kind: PartKind;
  readonly at: number;
  /** Whether its events say their number, and that there are no log probabilities. */
  readonly isNumbered: boolean;
  readonly hasLogprobs: boolean;
}

/** Undefined where there is more in the event than a piece of text at a place that it names. */
export function lessonOf(data: string, event: JsonObject, kind: PartKind, at: number): Lesson<DeltaPlace> | undefined {
  const index = numberAt(event, 'output_index');
  const { logprobs } = event;
  const isPlain = logprobs === undefined || (isJsonArray(logprobs) && logprobs.length === 0);
  if (index === undefined || !isPlain || kind === 'arguments') return undefined;
  const isNumbered = event['sequence_number'] !== undefined;
  const gaps = [stringGap(data, 'delta', 'text')];
  if (isNumbered) gaps.push(countGap(data, 'sequence_number'));
  if (event['obfuscation'] !== undefined) gaps.push(stringGap(data, 'obfuscation', 'padding'));
  return {
    gaps,
    about: {
      place: { index, id: stringAt(event, 'item_id') },
      kind,
      at,
      isNumbered,
      hasLogprobs: logprobs !== undefined,
    },
    proves: (probe, text, [number]) => probe['delta'] === text && probe['sequence_number'] === number,
  };
}
