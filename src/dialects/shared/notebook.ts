/** Collects the notes of one translation. */
import type { Note, NoteCode } from '../../core/note.ts';

export interface Notebook {
  readonly notes: readonly Note[];
  add(code: NoteCode, field: string, message: string): void;
  /** At most one note for each topic in a request: for what would repeat on every message. */
  once(topic: string, code: NoteCode, field: string, message: string): void;
}

/** What a part of a translation needs of it. */
export type NoteSink = Pick<Notebook, 'add'>;

export function openNotebook(): Notebook {
  const notes: Note[] = [];
  const topics = new Set<string>();
  return {
    notes,
    add(code, field, message) {
      notes.push({ code, field, message });
    },
    once(topic, code, field, message) {
      if (topics.has(topic)) return;
      topics.add(topic);
      notes.push({ code, field, message });
    },
  };
}
