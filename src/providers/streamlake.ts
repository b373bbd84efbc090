import { defineProvider } from './provider.ts';

/**
 * https://streamlake.ai/document/DOC/mg6k6nlp8j6qxicx4c9
 * A model may be called by its name or by the id of an endpoint of the account (`ep-…`).
 * The address is not checked against a vendor page: set base_url if it moved.
 */
export const streamlake = defineProvider({
  id: 'streamlake',
  name: 'StreamLake',
  baseUrl: 'https://vanchin.streamlake.ai/api/gateway/v1/endpoints',
  dialect: 'openai-chat',
  keyEnv: ['STREAMLAKE_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'CN' },
});
