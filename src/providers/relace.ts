import { defineProvider } from './provider.ts';

/**
 * https://docs.relace.ai/api-reference/instant-apply/apply: merges edits, in a prompt of `<code>` and `<update>` tags.
 * Its search model has a host of its own: https://docs.relace.ai/api-reference/introduction
 */
export const relace = defineProvider({
  id: 'relace',
  name: 'Relace',
  baseUrl: 'https://instantapply.endpoint.relace.run/v1/apply',
  dialect: 'openai-chat',
  kinds: { embeddings: false }, // in another grammar, at another path
  keyEnv: ['RELACE_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
