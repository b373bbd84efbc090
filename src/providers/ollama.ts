import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://docs.ollama.com/api/openai-compatibility */
export const ollama = defineProvider({
  id: 'ollama',
  name: 'Ollama',
  baseUrl: 'http://localhost:11434/v1',
  dialect: 'openai-chat',
  doors: [
    { dialect: 'openai-responses', quirks: { strictTools: false, reasoningReplay: 'reasoning_content' } }, // without a store
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
    // https://docs.ollama.com/api/anthropic-compatibility
    messagesDoor('ollama', { authorize: { kind: 'none' } }),
    { dialect: 'ollama', baseUrl: 'http://localhost:11434', authorize: { kind: 'none' } }, // https://docs.ollama.com/api/chat
  ],
  keyEnv: [],
  authorize: { kind: 'none' },
  // 51 recorded replies: total = prompt + completion.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Runs on the operator's own machine: prompts stay there, and closing the connection frees it.
  onDisconnect: 'cancel',
  quirks: { rejects: ['store'], reasoningReplay: 'reasoning', strictTools: false },
  policy: { training: false, retentionDays: 0, headquarters: null },
});
