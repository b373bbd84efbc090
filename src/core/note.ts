/**
 * Something a translation or a policy could not say, or changed. Nothing is dropped silently: notes are stored on the
 * generation, shown in `openrouter_metadata.pipeline` and counted in `X-Signalbox-Notes`.
 */
export interface Note {
  /** Stable code, e.g. `parameter.dropped`, `part.converted`, `schema.simplified`. */
  readonly code: NoteCode;
  /** Path of the field in the caller's body, e.g. `messages[2].content[0]` or `top_k`. */
  readonly field: string;
  /** One sentence for the operator: what happened and why. */
  readonly message: string;
}

export type NoteCode =
  | 'parameter.dropped'
  | 'parameter.changed'
  | 'message.merged'
  | 'message.changed'
  | 'message.dropped'
  | 'part.converted'
  | 'part.dropped'
  | 'reasoning.dropped'
  | 'tool.changed'
  | 'schema.simplified'
  | 'number.inexact'
  | 'attempt.skipped';

/** A translated value with what it could not say. */
export interface Translated<T> {
  readonly value: T;
  readonly notes: readonly Note[];
}
