import { defineProvider } from './provider.ts';

/** https://docs.baseten.co/inference/model-apis/overview */
export const baseten = defineProvider({
  id: 'baseten',
  name: 'BaseTen',
  baseUrl: 'https://inference.baseten.co/v1',
  dialect: 'openai-chat',
  keyEnv: ['BASETEN_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'] },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
