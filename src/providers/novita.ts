import { defineProvider } from './provider.ts';

/** https://novita.ai/docs/guides/llm-api */
export const novita = defineProvider({
  id: 'novita',
  name: 'Novita',
  baseUrl: 'https://api.novita.ai/openai/v1',
  dialect: 'openai-chat',
  keyEnv: ['NOVITA_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
});
