import { defineProvider } from './provider.ts';

/** https://docs.perplexity.ai/api-reference/chat-completions-post */
export const perplexity = defineProvider({
  id: 'perplexity',
  name: 'Perplexity',
  baseUrl: 'https://api.perplexity.ai',
  dialect: 'openai-chat',
  kinds: {
    // Vectors are bytes, whatever is asked for: https://docs.perplexity.ai/api-reference/embeddings-post
    embeddings: {
      dialect: 'openai',
      baseUrl: 'https://api.perplexity.ai/v1',
      quirks: { rejects: ['encoding_format', 'user', 'input_type'], int8Vectors: true },
    },
  },
  keyEnv: ['PERPLEXITY_API_KEY'],
  authorize: { kind: 'bearer' },
  // 23 recorded replies: total = prompt + completion; `usage.cost` is an object.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: 'informative' },
  // Bills the whole completion after a disconnect (OpenRouter's API), so what was paid for is read.
  onDisconnect: 'drain',
  quirks: { strictAlternation: true, rejects: ['tools', 'tool_choice', 'parallel_tool_calls'] },
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  links: {
    privacyPolicy: 'https://www.perplexity.ai/hub/legal/perplexity-api-privacy-notice',
    statusPage: 'https://status.perplexity.com/',
  },
});
