import { defineProvider } from './provider.ts';

/** https://docs.api.nvidia.com/nim/ */
export const nvidia = defineProvider({
  id: 'nvidia',
  name: 'Nvidia',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  dialect: 'openai-chat',
  kinds: {
    // Its retrieval models want to know what for: https://docs.nvidia.com/nim/nemo-retriever/text-embedding/latest/reference.html
    embeddings: {
      dialect: 'openai',
      quirks: { inputTypes: { query: 'query', document: 'passage' }, defaults: { input_type: 'passage' } },
    },
  },
  keyEnv: ['NVIDIA_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'], reasoningStyle: 'chat_template_kwargs', strictTools: false },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
