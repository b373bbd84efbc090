import { defineProvider } from './provider.ts';

/** https://modal.com/docs/guide/endpoints */
export const modal = defineProvider({
  id: 'modal',
  name: 'Modal',
  baseUrl: 'https://inference.us-west.modal.direct/v1',
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-responses' }], // https://modal.com/docs/guide/endpoint-integrations
  keyEnv: ['MODAL_PROXY_TOKEN'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
