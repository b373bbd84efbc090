import { messagesDoor } from './doors.ts';
import { defineLocalServer } from './provider.ts';

/** https://lmstudio.ai/docs/app/api/endpoints/openai */
export const lmstudio = defineLocalServer({
  id: 'lmstudio',
  name: 'LM Studio',
  baseUrl: 'http://127.0.0.1:1234/v1',
  doors: [
    { dialect: 'openai-responses', quirks: { strictTools: false, reasoningReplay: 'reasoning_content' } },
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
    // https://lmstudio.ai/docs/developer/anthropic-compat
    messagesDoor('lmstudio', { authorize: { kind: 'none' } }),
  ],
});
