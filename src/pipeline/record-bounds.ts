/**
 * How much of what callers and hosts say is kept in a record and told in metadata. Both may say megabytes (a note for each of a
 * hundred thousand parts, an id without an end), which would be written to the database with every request.
 */
import type { Note } from '../core/note.ts';

const MOST_NOTES = 100;
const MOST_NOTE_CHARACTERS = 300;
/** Names and ids of whatever sort. */
const MOST_NAME_CHARACTERS = 512;

/** The first notes, each cut to a readable length; all are counted in `X-Signalbox-Notes`. */
export function keptNotes(notes: readonly Note[]): readonly Note[] {
  const kept = notes.length > MOST_NOTES ? notes.slice(0, MOST_NOTES) : notes;
  return kept.some(isLong) ? kept.map(shortened) : kept;
}

/** A name or id as it is kept. */
export function keptName(text: string | null): string | null {
  return text === null ? text : cut(text, MOST_NAME_CHARACTERS);
}

function isLong({ field, message }: Note): boolean {
  return field.length > MOST_NOTE_CHARACTERS || message.length > MOST_NOTE_CHARACTERS;
}

function shortened({ code, field, message }: Note): Note {
  return { code, field: cut(field, MOST_NOTE_CHARACTERS), message: cut(message, MOST_NOTE_CHARACTERS) };
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
