import { expect, test } from 'bun:test';
import type { Note } from '../core/note.ts';
import { keptName, keptNotes } from './record-bounds.ts';

const note = (field: string, message = 'because'): Note => ({ code: 'parameter.dropped', field, message });

test('notes of a usual request are kept as they are', () => {
  const notes = [note('a'), note('b')];
  expect(keptNotes(notes)).toBe(notes);
});

test('of a hundred thousand notes the first hundred are kept', () => {
  const notes = Array.from({ length: 100_000 }, (_, n) => note(`messages[${n}]`));
  expect(keptNotes(notes)).toEqual(notes.slice(0, 100));
});

test('a note of a megabyte says its beginning', () => {
  const [kept] = keptNotes([note('x'.repeat(1_000_000), 'y'.repeat(1_000_000))]);
  expect(kept).toEqual(note(`${'x'.repeat(299)}…`, `${'y'.repeat(299)}…`));
});

test('a name that is too long is cut, none stays none', () => {
  expect([keptName(null), keptName('u'), keptName('u'.repeat(1_000_000))?.length]).toEqual([null, 'u', 512]);
});
