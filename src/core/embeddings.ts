/** Embeddings: texts (or what else a model can embed) in, one vector each out. */
import type { Part } from './chat.ts';
import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';
import type { Vector } from './vector.ts';

export interface EmbeddingsQuestion {
  readonly inputs: readonly EmbeddingsInput[];
  /** Length of the vectors; absent = the model's own. */
  readonly dimensions?: number;
  /** What the vectors are for, as the caller says it: `search_query`, `search_document`, … */
  readonly inputType?: string;
  /** How the caller wants the numbers written; absent = as numbers. */
  readonly encoding?: 'float' | 'base64';
  /** The end user's id, for abuse isolation. */
  readonly user?: string;
  /** What is asked of the gateway itself, for a host that is a gateway too. */
  readonly gatewayFields: JsonObject;
  /** Top-level fields that nobody knows here: for hosts of the caller's grammar. */
  readonly extras: JsonObject;
}

export type EmbeddingsInput =
  | { readonly kind: 'text'; readonly text: string }
  /** Token ids: they mean something to the model's own tokenizer only. */
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }
  /** Parts that make one vector together. */
  | { readonly kind: 'content'; readonly parts: readonly Part[] };

export interface EmbeddingsAnswer {
  /** In the order of the inputs, written as the question asks. */
  readonly vectors: readonly Vector[];
  readonly usage?: Usage;
  readonly upstreamId?: string;
  /** Members beyond the contract, of a host that answers in the caller's grammar. */
  readonly extras: JsonObject;
}
