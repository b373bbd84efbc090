import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://ai.google.dev/api/generate-content */
export const googleAiStudio = defineProvider({
  id: 'google-ai-studio',
  name: 'Google AI Studio',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  dialect: 'gemini',
  keyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  authorize: { kind: 'header', name: 'x-goog-api-key' },
  // `promptTokenCount` includes cached content; `thoughtsTokenCount` stands beside `candidatesTokenCount` (docs/sources.md).
  usage: { cachedInput: 'inside-input', reasoning: 'beside-output', reportsCost: false },
  // Bills the whole completion after a disconnect (OpenRouter's API), so what was paid for is read.
  onDisconnect: 'drain',
  quirks: { reasoningFormat: 'google-gemini-v1' },
  // Paid tier. A free-tier key lets Google train: set data_policy in the configuration for one.
  policy: { training: false, retentionDays: 55, headquarters: 'US' },
  // Implicit caching, whose life Google does not publish; OpenRouter has seen 3 to 5 minutes:
  // https://openrouter.ai/docs/guides/best-practices/prompt-caching
  promptCache: { lifeMs: 3 * MINUTE_MS, writes: 'automatic' },
  links: {
    privacyPolicy: 'https://cloud.google.com/terms/cloud-privacy-notice',
    termsOfService: 'https://ai.google.dev/gemini-api/terms',
  },
});
