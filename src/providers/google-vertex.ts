import { googleAccount } from './auth/google-token.ts';
import { defineProvider, MINUTE_MS } from './provider.ts';

const IN_PROJECT = 'https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}';

/**
 * An API key is express mode at the global address: https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview
 * An account is given tokens and has a project and a location: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
 */
export const googleVertex = defineProvider({
  id: 'google-vertex',
  name: 'Google',
  baseUrl: 'https://aiplatform.googleapis.com/v1/publishers/google',
  otherHosts: ['{location}-aiplatform.googleapis.com', 'aiplatform.{location}.rep.googleapis.com'],
  hostBySetting: {
    setting: 'location',
    hosts: {
      global: 'aiplatform.googleapis.com',
      us: 'aiplatform.us.rep.googleapis.com',
      eu: 'aiplatform.eu.rep.googleapis.com',
    },
  },
  dialect: 'gemini',
  keyEnv: ['GOOGLE_VERTEX_API_KEY'],
  authorize: { kind: 'header', name: 'x-goog-api-key' },
  credentials: googleAccount('https://www.googleapis.com/auth/cloud-platform', {
    baseUrl: `${IN_PROJECT}/publishers/google`,
    settings: {
      project: ['GOOGLE_VERTEX_PROJECT', 'GOOGLE_CLOUD_PROJECT'],
      location: ['GOOGLE_VERTEX_LOCATION', 'GOOGLE_CLOUD_LOCATION'],
    },
    settingDefaults: {
      project: { from: ['project_id', 'quota_project_id'] },
      location: { from: [], otherwise: 'global' },
    },
    optInEnv: ['GOOGLE_VERTEX_PROJECT', 'GOOGLE_VERTEX_LOCATION'],
  }),
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
