/** Objects that say a piece of text and nothing else, and differ only in it and in their counts: what is to be learnt of one. */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import { countGapsOf, type Lesson, stringGap } from '../shared/upstream/text-form.ts';

/** Undefined where the object says more, or nothing. @param about what is to be known of its form, given its candidate's index */
export function lessonOf<About>(
  data: string,
  frame: Json,
  about: (choice: number) => About,
): Lesson<About> | undefined {
  if (!isJsonObject(frame) || frame['promptFeedback'] !== undefined) return undefined;
  const candidate = loneCandidate(frame);
  if (!candidate || !hasOnly(candidate, ['content', 'index']) || !textOf(candidate)) return undefined;
  return {
    gaps: [stringGap(data, 'text', 'text'), ...countGapsOf(data, 'usageMetadata')],
    about: about(numberAt(candidate, 'index') ?? 0),
    proves: (probe, text, counts) =>
      textOf(loneCandidate(probe) ?? {}) === text && isWithin(counts, numbersIn(probe['usageMetadata'])),
  };
}

/** The same object with another text. */
export function withText(frame: JsonObject, text: string): JsonObject {
  const candidate = loneCandidate(frame) ?? {};
  const content = { ...objectAt(candidate, 'content'), parts: [{ text }] };
  return { ...frame, candidates: [{ ...candidate, content }] };
}

function loneCandidate(frame: JsonObject): JsonObject | undefined {
  const candidates = arrayAt(frame, 'candidates');
  const [first] = candidates ?? [];
  return candidates?.length === 1 && isJsonObject(first) ? first : undefined;
}

/** The text of a candidate that has one part, and in it nothing else. */
function textOf(candidate: JsonObject): string | undefined {
  const content = objectAt(candidate, 'content') ?? {};
  const parts = arrayAt(content, 'parts') ?? [];
  const [part] = parts;
  if (parts.length !== 1 || !isJsonObject(part) || !hasOnly(content, ['parts', 'role'])) return undefined;
  return hasOnly(part, ['text']) ? stringAt(part, 'text') : undefined;
}

function hasOnly(object: JsonObject, members: readonly string[]): boolean {
  return Object.keys(object).every((key) => members.includes(key));
}

function numbersIn(value: Json | undefined): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** Whether all of them are there, in this order. */
function isWithin(counts: readonly number[], numbers: readonly number[]): boolean {
  let at = 0;
  for (const number of numbers) if (number === counts[at]) at++;
  return at === counts.length;
}
