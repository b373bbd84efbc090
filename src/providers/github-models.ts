import { defineProvider } from './provider.ts';

/**
 * https://docs.github.com/en/rest/models/inference
 * The key is a token with `models: read`: api_key: "${GITHUB_TOKEN}". No variable switches it on: that one is there for other things.
 */
export const githubModels = defineProvider({
  id: 'github-models',
  name: 'GitHub Models',
  baseUrl: 'https://models.github.ai/inference',
  dialect: 'openai-chat',
  keyEnv: [],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
