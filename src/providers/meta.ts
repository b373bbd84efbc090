import { defineProvider } from './provider.ts';

/** https://dev.meta.ai/docs */
export const meta = defineProvider({
  id: 'meta',
  name: 'Meta',
  baseUrl: 'https://api.meta.ai/v1',
  dialect: 'openai-chat',
  // Recommended where reasoning goes on over turns: https://dev.meta.ai/docs/protocols/responses
  doors: [{ dialect: 'openai-responses', quirks: { reasoningFormat: 'meta-responses-v1' } }],
  keyEnv: ['META_MODEL_API_KEY', 'LLAMA_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  policy: { training: false, retentionDays: null, headquarters: 'US' },
});
