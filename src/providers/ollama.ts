import { messagesDoor } from './doors.ts';
import { defineLocalServer } from './provider.ts';

/** https://docs.ollama.com/api/openai-compatibility */
export const ollama = defineLocalServer({
  id: 'ollama',
  name: 'Ollama',
  baseUrl: 'http://localhost:11434/v1',
  doors: [
    { dialect: 'openai-responses', quirks: { strictTools: false, reasoningReplay: 'reasoning_content' } }, // without a store
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
    // https://docs.ollama.com/api/anthropic-compatibility
    messagesDoor('ollama', { authorize: { kind: 'none' } }),
    { dialect: 'ollama', baseUrl: 'http://localhost:11434', authorize: { kind: 'none' } }, // https://docs.ollama.com/api/chat
  ],
  // 51 recorded replies: total = prompt + completion.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  quirks: { rejects: ['store'], reasoningReplay: 'reasoning' },
});
