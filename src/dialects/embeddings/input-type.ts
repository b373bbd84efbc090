/**
 * What vectors are for. Callers say it in the words of the host they know (`search_query` as Cohere, `query` as Voyage,
 * `RETRIEVAL_QUERY` as Gemini, `passage` as NVIDIA); each grammar and host has its own for the same.
 */
export type Purpose = 'query' | 'document' | 'classification' | 'clustering' | 'similarity' | 'code-query' | 'question';

const PURPOSE_BY_WORD: Readonly<Record<string, Purpose>> = {
  query: 'query',
  document: 'document',
  passage: 'document',
  classification: 'classification',
  clustering: 'clustering',
  'semantic similarity': 'similarity',
  similarity: 'similarity',
  'text matching': 'similarity',
  'code query': 'code-query',
  'code retrieval query': 'code-query',
  'question answering': 'question',
};

/** Undefined where the word is nobody's. */
export function purposeOf(inputType: string): Purpose | undefined {
  const words = inputType
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();
  return PURPOSE_BY_WORD[words] ?? PURPOSE_BY_WORD[words.replace(/^(?:search|retrieval) /, '')];
}
