/**
 * A client face as the conformance matrix sees it: how a question is asked in this grammar and how its answer is read, both
 * written naively, in ignorance of the product's own encoders and decoders, so that a mistake of theirs cannot hide.
 */

/** A naive reader reads what is there, unchecked, as JSON.parse gives it. */
export type Loose = ReturnType<typeof JSON.parse>;

export interface Ask {
  /** A simulated model, faults in its query. */
  readonly model: string;
  readonly stream: boolean;
  readonly system?: string;
  readonly turns: readonly Turn[];
  readonly tools?: readonly Tool[];
  /** The answer must match it. */
  readonly schema?: Loose;
  readonly reasoning?: boolean;
  readonly maxTokens?: number;
}

export type Turn =
  | { readonly role: 'user'; readonly text: string; readonly image?: Media; readonly pdf?: Media }
  /** As `Reading.turn` gave it. */
  | { readonly role: 'assistant'; readonly turn: Loose }
  | { readonly role: 'results'; readonly results: readonly Result[] };

export interface Result {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly image?: Media;
}

export interface Media {
  readonly mediaType: string;
  readonly base64: string;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: Loose;
}

export interface Reading {
  readonly status: number;
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly Call[];
  readonly finish: 'stop' | 'length' | 'tools' | 'filtered' | 'error' | null;
  readonly usage: { readonly prompt: number; readonly completion: number; readonly cached: number } | null;
  /** The message of an error, before or inside the answer. */
  readonly error: string | null;
  /** The grammar's own end was seen. */
  readonly ended: boolean;
  /** What a client sends back as the model's turn. */
  readonly turn: Loose;
}

export interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: Loose;
}

export interface Face {
  readonly name: string;
  /** What this grammar has no words for, case by case: said in the matrix instead of a result. */
  readonly cannot: Readonly<Record<string, string>>;
  path(ask: Ask): string;
  headers(apiKey: string): Record<string, string>;
  body(ask: Ask): Loose;
  read(status: number, body: string, isStream: boolean): Reading;
}

/** Data of the server-sent events, comments skipped; `[DONE]` and the like as text. */
export function eventsOf(body: string): readonly Loose[] {
  return body
    .split(/\r?\n\r?\n/)
    .map((frame) =>
      frame
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((data) => data !== '')
    .map((data) => (data.startsWith('{') || data.startsWith('[{') ? JSON.parse(data) : data));
}

export const dataUrl = ({ mediaType, base64 }: Media): string => `data:${mediaType};base64,${base64}`;

/** Arguments as a value; as they are where they are no JSON. */
export function parsed(written: string): Loose {
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}

export const failedReading = (status: number, error: string): Reading => ({
  status,
  text: '',
  reasoning: '',
  calls: [],
  finish: null,
  usage: null,
  error,
  ended: false,
  turn: null,
});
