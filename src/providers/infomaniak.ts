import { defineProvider } from './provider.ts';

/** https://www.infomaniak.com/en/hosting/ai-services/open-source-models */
export const infomaniak = defineProvider({
  id: 'infomaniak',
  name: 'Infomaniak',
  baseUrl: 'https://api.infomaniak.com/2/ai/{product_id}/openai/v1',
  dialect: 'openai-chat',
  keyEnv: ['INFOMANIAK_API_KEY'],
  settings: { product_id: ['INFOMANIAK_PRODUCT_ID'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'CH' },
});
