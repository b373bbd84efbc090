/** Kinds of exchange: the list grows with the product. */
export type ExchangeKind = 'chat' | WholeKind;

/** Kinds of one question and one whole answer: no conversation, no stream. */
export type WholeKind = 'embeddings' | 'rerank' | 'moderation';

export const WHOLE_KINDS = ['embeddings', 'rerank', 'moderation'] as const satisfies readonly WholeKind[];
