import { messagesDoor } from './doors.ts';
import { defineLocalServer } from './provider.ts';

/** https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md */
export const llamacpp = defineLocalServer({
  id: 'llamacpp',
  name: 'llama.cpp',
  baseUrl: 'http://localhost:8080/v1',
  // Both are on its page, with what they lack.
  doors: [
    { dialect: 'openai-responses', quirks: { strictTools: false, reasoningReplay: 'reasoning_content' } },
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
    messagesDoor('llamacpp', { authorize: { kind: 'none' } }),
  ],
  kinds: { rerank: 'jina' },
  // 58 recorded replies: total = prompt + completion, cached tokens inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  quirks: { reasoningStyle: 'chat_template_kwargs', reasoningReplay: 'reasoning_content' },
});
