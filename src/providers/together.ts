import { defineProvider } from './provider.ts';

/** https://docs.together.ai/reference/chat-completions-1 */
export const together = defineProvider({
  id: 'together',
  name: 'Together',
  baseUrl: 'https://api.together.xyz/v1',
  otherHosts: ['api.together.ai'],
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-completions' }], // https://docs.together.ai/reference/completions-1
  kinds: { rerank: 'jina' }, // https://docs.together.ai/reference/rerank-1
  keyEnv: ['TOGETHER_API_KEY'],
  authorize: { kind: 'bearer' },
  // 9 recorded replies: total = prompt + completion, none with reasoning.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: { rejects: ['store'], reasoningStyle: 'reasoning_enabled_and_effort', strictTools: false },
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  links: {
    privacyPolicy: 'https://www.together.ai/privacy',
    termsOfService: 'https://www.together.ai/terms-of-service',
    statusPage: 'https://status.together.ai/',
  },
});
