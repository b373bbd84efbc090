/** Collects what the translation could not say; every encoder of this folder writes into one. */
import type { Note, NoteCode } from '../../../core/note.ts';

export interface NoteSink {
  add(code: NoteCode, field: string, message: string): void;
  readonly notes: readonly Note[];
}

export function openNotes(): NoteSink {
  const notes: Note[] = [];
  return {
    notes,
    add(code, field, message) {
      notes.push({ code, field, message });
    },
  };
}
