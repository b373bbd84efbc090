import { defineProvider } from './provider.ts';

/** https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html */
export const lmdeploy = defineProvider({
  id: 'lmdeploy',
  name: 'LMDeploy',
  baseUrl: 'http://localhost:23333/v1',
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-completions', authorize: { kind: 'none' } }],
  keyEnv: [],
  authorize: { kind: 'none' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Runs on the operator's own machine: prompts stay there, and closing the connection frees it.
  onDisconnect: 'cancel',
  quirks: { strictTools: false },
  policy: { training: false, retentionDays: 0, headquarters: null },
});
