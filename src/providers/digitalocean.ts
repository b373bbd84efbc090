import { defineProvider } from './provider.ts';

/** https://docs.digitalocean.com/products/gradient-ai-platform/details/models/ */
export const digitalocean = defineProvider({
  id: 'digitalocean',
  name: 'DigitalOcean',
  baseUrl: 'https://inference.do-ai.run/v1',
  dialect: 'openai-chat',
  keyEnv: ['DIGITALOCEAN_ACCESS_TOKEN'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
