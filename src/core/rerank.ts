/** Rerank: a query and documents in, the documents by their relevance to it out. */
import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

export interface RerankQuestion {
  readonly query: string;
  readonly documents: readonly RerankDocument[];
  /** At most so many results; absent = all. */
  readonly topN?: number;
  /** Longer documents are cut to it; absent = the host's own limit. */
  readonly maxTokensPerDocument?: number;
  /** False where the caller wants indices and scores only. */
  readonly returnsDocuments: boolean;
  readonly user?: string;
  /** What is asked of the gateway itself, for a host that is a gateway too. */
  readonly gatewayFields: JsonObject;
  /** Top-level fields that nobody knows here: for hosts of the caller's grammar. */
  readonly extras: JsonObject;
}

/** A text, an image (an address or a data URL), or both. */
export interface RerankDocument {
  readonly text?: string;
  readonly image?: string;
}

export interface RerankAnswer {
  /** The most relevant first. */
  readonly results: readonly RerankResult[];
  readonly usage?: Usage;
  readonly upstreamId?: string;
}

export interface RerankResult {
  /** Place of the document in the question. */
  readonly index: number;
  readonly relevanceScore: number;
}
