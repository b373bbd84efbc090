import { defineProvider } from './provider.ts';

/** https://docs.stackit.cloud/products/data-and-ai/ai-model-serving/basics/available-shared-models */
export const stackit = defineProvider({
  id: 'stackit',
  name: 'STACKIT',
  baseUrl: 'https://api.openai-compat.model-serving.eu01.onstackit.cloud/v1',
  dialect: 'openai-chat',
  keyEnv: ['STACKIT_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'DE' },
});
