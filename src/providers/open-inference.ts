import { defineProvider } from './provider.ts';

/** https://www.openinference.ai. It publishes no address that could be checked: settings.host or base_url must say it. */
export const openInference = defineProvider({
  id: 'open-inference',
  name: 'OpenInference',
  baseUrl: 'https://{host}/v1',
  dialect: 'openai-chat',
  keyEnv: ['OPENINFERENCE_API_KEY'],
  settings: { host: ['OPENINFERENCE_HOST'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
