import { defineProvider } from './provider.ts';

/** https://huggingface.co/docs/text-generation-inference/messages_api */
export const tgi = defineProvider({
  id: 'tgi',
  name: 'Text Generation Inference',
  baseUrl: 'http://localhost:3000/v1',
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
