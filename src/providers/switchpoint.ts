import { defineProvider } from './provider.ts';

/** https://www.switchpoint.dev. It publishes no address that could be checked: settings.host or base_url must say it. */
export const switchpoint = defineProvider({
  id: 'switchpoint',
  name: 'Switchpoint',
  baseUrl: 'https://{host}/v1',
  dialect: 'openai-chat',
  keyEnv: ['SWITCHPOINT_API_KEY'],
  settings: { host: ['SWITCHPOINT_HOST'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: null },
});
