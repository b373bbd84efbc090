import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://inference-docs.cerebras.ai/api-reference/chat-completions */
export const cerebras = defineProvider({
  id: 'cerebras',
  name: 'Cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  dialect: 'openai-chat',
  keyEnv: ['CEREBRAS_API_KEY'],
  authorize: { kind: 'bearer' },
  // 29 recorded replies: total = prompt + completion, reasoning inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store', 'presence_penalty', 'frequency_penalty', 'logit_bias'], reasoningReplay: 'reasoning' },
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  // Five minutes are guaranteed, an hour is possible: https://inference-docs.cerebras.ai/capabilities/prompt-caching
  promptCache: { lifeMs: 5 * MINUTE_MS, writes: 'automatic' },
  links: {
    privacyPolicy: 'https://www.cerebras.ai/privacy-policy',
    termsOfService: 'https://www.cerebras.ai/terms-of-service',
    statusPage: 'https://status.cerebras.ai/',
  },
});
