import { defineLocalServer } from './provider.ts';

/** https://github.com/EricLBuehler/mistral.rs/blob/master/docs/HTTP.md */
export const mistralrs = defineLocalServer({
  id: 'mistralrs',
  name: 'mistral.rs',
  baseUrl: 'http://localhost:1234/v1',
  doors: [
    // 3 recorded replies: total = input + output.
    { dialect: 'openai-responses', quirks: { strictTools: false } },
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
  ],
  // A recorded reply: total = prompt + completion, with what it thought.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
});
