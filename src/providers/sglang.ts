import { defineProvider } from './provider.ts';

/** https://docs.sglang.io/docs/basic_usage/openai_api_completions */
export const sglang = defineProvider({
  id: 'sglang',
  name: 'SGLang',
  baseUrl: 'http://localhost:30000/v1',
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-completions', authorize: { kind: 'none' } }],
  keyEnv: [],
  authorize: { kind: 'none' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Runs on the operator's own machine: prompts stay there, and closing the connection frees it.
  onDisconnect: 'cancel',
  quirks: {
    rejects: ['store'],
    reasoningStyle: 'chat_template_kwargs',
    reasoningReplay: 'reasoning_content',
    strictTools: false,
  },
  policy: { training: false, retentionDays: 0, headquarters: null },
});
