import { defineProvider } from './provider.ts';

/** https://api.jina.ai/redoc: embeddings and rerank. It holds no conversations. */
export const jina = defineProvider({
  id: 'jina',
  name: 'Jina AI',
  baseUrl: 'https://api.jina.ai/v1',
  dialect: 'openai-chat',
  kinds: {
    chat: false,
    embeddings: {
      dialect: 'openai',
      quirks: {
        // What is asked for is base64 of floats, under another name; numbers say the same.
        rejects: ['encoding_format', 'user'],
        renames: { input_type: 'task' },
        inputTypes: {
          query: 'retrieval.query',
          document: 'retrieval.passage',
          similarity: 'text-matching',
          clustering: 'separation',
          classification: 'classification',
        },
      },
    },
    rerank: {
      dialect: 'jina',
      quirks: { documentObjects: true, rejects: ['user'], defaults: { return_documents: false } },
    },
  },
  keyEnv: ['JINA_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: `total_tokens`, and `prompt_tokens` of embeddings (https://api.jina.ai/redoc).
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Whole replies are read to their end.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'DE' },
});
