import { defineProvider } from './provider.ts';

/**
 * https://enfer.ai
 * The address is not checked against a vendor page: set base_url if it moved.
 */
export const enfer = defineProvider({
  id: 'enfer',
  name: 'Enfer',
  baseUrl: 'https://api.enfer.ai/v1',
  dialect: 'openai-chat',
  keyEnv: ['ENFER_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: null },
});
