import { defineProvider } from './provider.ts';

/**
 * https://llm.chutes.ai/v1/models
 * Sends the same text as `reasoning` and `reasoning_content`: the first non-empty one counts.
 */
export const chutes = defineProvider({
  id: 'chutes',
  name: 'Chutes',
  baseUrl: 'https://llm.chutes.ai/v1',
  dialect: 'openai-chat',
  keyEnv: ['CHUTES_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'] },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: null },
});
