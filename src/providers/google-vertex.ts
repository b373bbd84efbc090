import { defineProvider, MINUTE_MS } from './provider.ts';

/**
 * https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview
 * Express mode: an API key and the global address. Service accounts (OAuth, regional addresses) are not built.
 */
export const googleVertex = defineProvider({
  id: 'google-vertex',
  name: 'Google',
  baseUrl: 'https://aiplatform.googleapis.com/v1/publishers/google',
  dialect: 'gemini',
  keyEnv: ['GOOGLE_VERTEX_API_KEY'],
  authorize: { kind: 'header', name: 'x-goog-api-key' },
  // As Google AI Studio: thoughts beside candidates, cached content inside the prompt (docs/sources.md).
  usage: { cachedInput: 'inside-input', reasoning: 'beside-output', reportsCost: false },
  // Bills the whole completion after a disconnect (OpenRouter's API), so what was paid for is read.
  onDisconnect: 'drain',
  // It ignores the body's field: https://cloud.google.com/vertex-ai/generative-ai/docs/priority-paygo
  quirks: { reasoningFormat: 'google-gemini-v1', tierHeader: 'x-vertex-ai-llm-shared-request-type' },
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  // As Google AI Studio: https://openrouter.ai/docs/guides/best-practices/prompt-caching
  promptCache: { lifeMs: 3 * MINUTE_MS, writes: 'automatic' },
});
