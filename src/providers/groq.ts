import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://console.groq.com/docs/api-reference */
export const groq = defineProvider({
  id: 'groq',
  name: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  dialect: 'openai-chat',
  // https://console.groq.com/docs/responses-api: a beta that refuses what would need a store.
  doors: [
    {
      dialect: 'openai-responses',
      quirks: { rejects: ['store', 'include', 'truncation', 'safety_identifier', 'prompt_cache_key', 'prompt'] },
    },
  ],
  keyEnv: ['GROQ_API_KEY'],
  authorize: { kind: 'bearer' },
  // 183 recorded replies: total = prompt + completion, reasoning and cached tokens inside; stream usage in x_groq.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Bills the whole completion after a disconnect (OpenRouter's API), so what was paid for is read.
  onDisconnect: 'drain',
  quirks: { usageWrapper: 'x_groq', rejects: ['logprobs', 'top_logprobs', 'logit_bias'] },
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  // Two hours without use: https://console.groq.com/docs/prompt-caching
  promptCache: { lifeMs: 120 * MINUTE_MS, writes: 'automatic' },
  links: {
    privacyPolicy: 'https://groq.com/privacy-policy/',
    termsOfService: 'https://groq.com/terms-of-use/',
    statusPage: 'https://groqstatus.com/',
  },
});
