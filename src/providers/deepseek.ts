import { messagesDoor } from './doors.ts';
import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://api-docs.deepseek.com/api/create-chat-completion */
export const deepseek = defineProvider({
  id: 'deepseek',
  name: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com',
  dialect: 'openai-chat',
  doors: [
    // 11 recorded replies: total = input + output, reasoning inside. https://api-docs.deepseek.com/guides/responses_api
    { dialect: 'openai-responses', quirks: { reasoningReplay: 'reasoning_content' } },
    // https://api-docs.deepseek.com/guides/anthropic_api
    messagesDoor('deepseek', {
      baseUrl: 'https://api.deepseek.com/anthropic/v1',
      authorize: { kind: 'header', name: 'x-api-key' },
    }),
  ],
  keyEnv: ['DEEPSEEK_API_KEY'],
  authorize: { kind: 'bearer' },
  // 121 recorded replies: total = prompt + completion, reasoning inside; cache hits and misses add up to the prompt.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: {
    rejects: ['store'],
    reasoningStyle: 'thinking_type_and_effort',
    reasoningReplay: 'reasoning_content',
    requiresReasoningContent: true,
  },
  // Its terms allow training on prompts, kept without a stated limit.
  policy: { training: true, retentionDays: null, headquarters: 'CN' },
  // "Usually within a few hours to a few days": https://api-docs.deepseek.com/guides/kv_cache
  promptCache: { lifeMs: 120 * MINUTE_MS, writes: 'automatic' },
  links: {
    privacyPolicy: 'https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html',
    statusPage: 'https://status.deepseek.com/',
  },
});
