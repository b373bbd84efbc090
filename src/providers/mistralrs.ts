import { defineProvider } from './provider.ts';

/** https://github.com/EricLBuehler/mistral.rs/blob/master/docs/HTTP.md */
export const mistralrs = defineProvider({
  id: 'mistralrs',
  name: 'mistral.rs',
  baseUrl: 'http://localhost:1234/v1',
  dialect: 'openai-chat',
  doors: [
    // 3 recorded replies: total = input + output.
    { dialect: 'openai-responses', quirks: { strictTools: false } },
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
  ],
  keyEnv: [],
  authorize: { kind: 'none' },
  // A recorded reply: total = prompt + completion, with what it thought.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Runs on the operator's own machine: prompts stay there, and closing the connection frees it.
  onDisconnect: 'cancel',
  quirks: { strictTools: false },
  policy: { training: false, retentionDays: 0, headquarters: null },
});
