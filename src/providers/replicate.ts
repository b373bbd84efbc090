import { defineProvider } from './provider.ts';

/**
 * https://replicate.com/docs. Its predictions are no conversation: what is asked here is its proxy in OpenAI's grammar.
 * The address is not checked against a vendor page: set base_url if it moved.
 */
export const replicate = defineProvider({
  id: 'replicate',
  name: 'Replicate',
  baseUrl: 'https://openai-proxy.replicate.com/v1',
  dialect: 'openai-chat',
  keyEnv: ['REPLICATE_API_TOKEN'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
