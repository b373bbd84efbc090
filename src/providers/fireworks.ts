import { messagesDoor } from './doors.ts';
import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://docs.fireworks.ai/api-reference/post-chatcompletions */
export const fireworks = defineProvider({
  id: 'fireworks',
  name: 'Fireworks',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  dialect: 'openai-chat',
  doors: [
    { dialect: 'openai-responses' }, // https://docs.fireworks.ai/guides/response-api
    { dialect: 'openai-completions' }, // https://docs.fireworks.ai/api-reference/post-completions
    // https://docs.fireworks.ai/tools-sdks/anthropic-compatibility
    messagesDoor('fireworks'),
  ],
  kinds: { rerank: 'jina' }, // https://docs.fireworks.ai/api-reference/rerank-documents
  keyEnv: ['FIREWORKS_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: { rejects: ['store'] },
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  // At least several minutes, up to several hours: https://docs.fireworks.ai/guides/prompt-caching
  promptCache: { lifeMs: 5 * MINUTE_MS, writes: 'automatic' },
  links: {
    privacyPolicy: 'https://fireworks.ai/privacy-policy',
    termsOfService: 'https://fireworks.ai/terms-of-service',
    statusPage: 'https://status.fireworks.ai/',
  },
});
