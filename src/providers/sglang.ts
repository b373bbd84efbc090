import { defineLocalServer } from './provider.ts';

/** https://docs.sglang.io/docs/basic_usage/openai_api_completions */
export const sglang = defineLocalServer({
  id: 'sglang',
  name: 'SGLang',
  baseUrl: 'http://localhost:30000/v1',
  quirks: {
    rejects: ['store'],
    reasoningStyle: 'chat_template_kwargs',
    reasoningReplay: 'reasoning_content',
  },
});
