import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://lmstudio.ai/docs/app/api/endpoints/openai */
export const lmstudio = defineProvider({
  id: 'lmstudio',
  name: 'LM Studio',
  baseUrl: 'http://127.0.0.1:1234/v1',
  dialect: 'openai-chat',
  doors: [
    { dialect: 'openai-responses', quirks: { strictTools: false, reasoningReplay: 'reasoning_content' } },
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
    // https://lmstudio.ai/docs/developer/anthropic-compat
    messagesDoor('lmstudio', { authorize: { kind: 'none' } }),
  ],
  keyEnv: [],
  authorize: { kind: 'none' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Runs on the operator's own machine: prompts stay there, and closing the connection frees it.
  onDisconnect: 'cancel',
  quirks: { strictTools: false },
  policy: { training: false, retentionDays: 0, headquarters: null },
});
