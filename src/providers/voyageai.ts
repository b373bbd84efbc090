import { defineProvider } from './provider.ts';

/** https://docs.voyageai.com/reference/embeddings-api, https://docs.voyageai.com/reference/reranker-api. It holds no conversations. */
export const voyageai = defineProvider({
  id: 'voyageai',
  name: 'VoyageAI by MongoDB',
  baseUrl: 'https://api.voyageai.com/v1',
  dialect: 'openai-chat',
  kinds: {
    chat: false,
    embeddings: {
      dialect: 'openai',
      quirks: {
        renames: { dimensions: 'output_dimension' },
        inputTypes: { query: 'query', document: 'document' },
        rejects: ['user'],
      },
    },
    rerank: { dialect: 'jina', quirks: { renames: { top_n: 'top_k' }, rejects: ['user'] } },
  },
  keyEnv: ['VOYAGE_API_KEY'],
  authorize: { kind: 'bearer' },
  // 16 recorded replies: `total_tokens` and nothing else.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Whole replies are read to their end.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
