import { defineProvider } from './provider.ts';

/** https://docs.aihubmix.com */
export const aihubmix = defineProvider({
  id: 'aihubmix',
  name: 'AIHubMix',
  baseUrl: 'https://aihubmix.com/v1',
  dialect: 'openai-chat',
  keyEnv: ['AIHUBMIX_API_KEY'],
  authorize: { kind: 'bearer' },
  // A recorded reply: total = prompt + completion.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: null },
});
