import { defineProvider } from './provider.ts';

/**
 * https://docs.cohere.com/reference/chat
 * Its OpenAI-compatible door (https://api.cohere.ai/compatibility/v1) loses citations and documents, so it is not the default.
 */
export const cohere = defineProvider({
  id: 'cohere',
  name: 'Cohere',
  baseUrl: 'https://api.cohere.com/v2',
  otherHosts: ['api.cohere.ai'], // its older name
  dialect: 'cohere',
  keyEnv: ['COHERE_API_KEY', 'CO_API_KEY'],
  authorize: { kind: 'bearer' },
  // `usage.billed_units` is what is paid: 104 recorded replies, where 506 tokens read were 11 billed.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'CA' },
});
