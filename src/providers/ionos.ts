import { defineProvider } from './provider.ts';

/** https://docs.ionos.com/cloud/ai/ai-model-hub */
export const ionos = defineProvider({
  id: 'ionos',
  name: 'IONOS',
  baseUrl: 'https://openai.inference.de-txl.ionos.com/v1',
  dialect: 'openai-chat',
  keyEnv: ['IONOS_API_TOKEN'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'DE' },
});
