import { messagesDoor } from './doors.ts';
import { defineLocalServer } from './provider.ts';

/** https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const vllm = defineLocalServer({
  id: 'vllm',
  name: 'vLLM',
  baseUrl: 'http://localhost:8000/v1',
  // Both are on its page; Messages as in https://docs.vllm.ai/en/latest/serving/integrations/claude_code/
  doors: [
    { dialect: 'openai-responses', quirks: { strictTools: false, reasoningReplay: 'reasoning_content' } },
    { dialect: 'openai-completions', authorize: { kind: 'none' } },
    messagesDoor('vllm', { authorize: { kind: 'none' } }),
  ],
  // https://docs.vllm.ai/en/latest/models/pooling_models.html: an image is embedded as the message of a conversation.
  kinds: { embeddings: { dialect: 'openai', quirks: { embedsContent: 'messages' } }, rerank: 'jina' },
  quirks: { rejects: ['store'], reasoningStyle: 'chat_template_kwargs' },
});
