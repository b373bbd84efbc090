import { defineProvider } from './provider.ts';

/**
 * https://www.ubicloud.com/docs/inference/endpoint: an endpoint is a location or a model, as `us-east-a2`.
 *
 * The address is not checked against a vendor page: set base_url if it moved.
 */
export const ubicloud = defineProvider({
  id: 'ubicloud',
  name: 'Ubicloud',
  baseUrl: 'https://{endpoint}.ai.ubicloud.com/v1',
  dialect: 'openai-chat',
  keyEnv: ['UBICLOUD_API_KEY'],
  settings: { endpoint: ['UBICLOUD_ENDPOINT'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: null },
});
