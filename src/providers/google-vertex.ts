import { claudeDoor } from './doors.ts';
import { defineProvider, MINUTE_MS } from './provider.ts';
import { IN_PROJECT, VERTEX_ACCOUNT, VERTEX_HOSTS } from './vertex-address.ts';

/**
 * An API key is express mode: https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview
 * An account is given tokens, and has a project and a location.
 */
export const googleVertex = defineProvider({
  id: 'google-vertex',
  name: 'Google',
  baseUrl: 'https://aiplatform.googleapis.com/v1/publishers/google',
  ...VERTEX_HOSTS,
  dialect: 'gemini',
  doors: [
    // 18 recorded replies. https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
    claudeDoor(
      { models: [], baseUrl: `${IN_PROJECT}/publishers/anthropic`, needsCredentials: true },
      { modelInPath: { whole: 'rawPredict', stream: 'streamRawPredict', version: 'vertex-2023-10-16' } },
    ),
    // Other makers' models: https://cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis
    { dialect: 'openai-chat', models: [], baseUrl: `${IN_PROJECT}/endpoints/openapi`, needsCredentials: true },
  ],
  kinds: { embeddings: 'vertex' },
  keyEnv: ['GOOGLE_VERTEX_API_KEY'],
  authorize: { kind: 'header', name: 'x-goog-api-key' },
  credentials: VERTEX_ACCOUNT,
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
