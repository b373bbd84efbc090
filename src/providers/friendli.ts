import { defineProvider } from './provider.ts';

/** https://friendli.ai/docs/guides/serverless_endpoints/introduction */
export const friendli = defineProvider({
  id: 'friendli',
  name: 'Friendli',
  baseUrl: 'https://api.friendli.ai/serverless/v1',
  dialect: 'openai-chat',
  keyEnv: ['FRIENDLI_TOKEN'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
