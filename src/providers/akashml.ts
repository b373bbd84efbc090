import { defineProvider } from './provider.ts';

/**
 * https://akashml.com, the address as its maker gave it: https://github.com/anomalyco/models.dev/pull/1308
 *
 * The address is not checked against a vendor page: set base_url if it moved.
 */
export const akashml = defineProvider({
  id: 'akashml',
  name: 'AkashML',
  baseUrl: 'https://api.akashml.com/v1',
  dialect: 'openai-chat',
  keyEnv: ['AKASHML_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
