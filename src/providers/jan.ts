import { defineProvider } from './provider.ts';

/** https://www.jan.ai/docs/desktop/api-server. Where it asks for a key, api_key goes as Bearer. */
export const jan = defineProvider({
  id: 'jan',
  name: 'Jan',
  baseUrl: 'http://localhost:1337/v1',
  dialect: 'openai-chat',
  keyEnv: [],
  authorize: { kind: 'none' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Runs on the operator's own machine: prompts stay there, and closing the connection frees it.
  onDisconnect: 'cancel',
  quirks: { strictTools: false },
  policy: { training: false, retentionDays: 0, headquarters: null },
});
