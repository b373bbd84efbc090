/** What a request seems to be about. The classes are few, and each is there because it changes which model is best. */

/** In the order in which ties are decided: what the request's form says comes before what its words say. */
export const TASK_KINDS = [
  /** Asks for an image. */
  'image',
  /** Sends or asks for sound. */
  'audio',
  'video',
  /** Sends tools: a model that calls them, step after step. */
  'agent',
  'vision',
  /** Sends files. */
  'document',
  /** Text into a given form. */
  'extraction',
  /** A label for a text. */
  'classification',
  'code_edit',
  'code',
  'math',
  'translation',
  'summarization',
  'roleplay',
  'writing',
  'reasoning',
  /** Much text, and no word about what is to be done with it. */
  'long_context',
  'question',
  'chat',
] as const;

export type TaskKind = (typeof TASK_KINDS)[number];

export interface TaskClass {
  readonly kind: TaskKind;
  /** Points per class; absent = 0. */
  readonly scores: Readonly<Partial<Record<TaskKind, number>>>;
  /** What gave points to the class that won, the strongest first. */
  readonly reasons: readonly string[];
}
