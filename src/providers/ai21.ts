import { defineProvider } from './provider.ts';

/** https://docs.ai21.com/reference/jamba-1-6-api-ref */
export const ai21 = defineProvider({
  id: 'ai21',
  name: 'AI21',
  baseUrl: 'https://api.ai21.com/studio/v1',
  dialect: 'openai-chat',
  keyEnv: ['AI21_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'IL' },
});
