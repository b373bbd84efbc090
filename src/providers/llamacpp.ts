import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md */
export const llamacpp = defineProvider({
  id: 'llamacpp',
  name: 'llama.cpp',
  baseUrl: 'http://localhost:8080/v1',
  dialect: 'openai-chat',
  // Both are on its page, with what they lack.
  doors: [
    { dialect: 'openai-responses', quirks: { strictTools: false, reasoningReplay: 'reasoning_content' } },
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
    messagesDoor('llamacpp', { authorize: { kind: 'none' } }),
  ],
  kinds: { rerank: 'jina' },
  keyEnv: [],
  authorize: { kind: 'none' },
  // 58 recorded replies: total = prompt + completion, cached tokens inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Runs on the operator's own machine: prompts stay there, and closing the connection frees it.
  onDisconnect: 'cancel',
  quirks: { reasoningStyle: 'chat_template_kwargs', reasoningReplay: 'reasoning_content', strictTools: false },
  policy: { training: false, retentionDays: 0, headquarters: null },
});
