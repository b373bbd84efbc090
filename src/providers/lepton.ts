import { defineProvider } from './provider.ts';

/** https://docs.nvidia.com/dgx-cloud/lepton: NVIDIA's since 2025; each deployment has a host of its own, as `<name>.lepton.run`. */
export const lepton = defineProvider({
  id: 'lepton',
  name: 'Lepton',
  baseUrl: 'https://{host}/api/v1',
  dialect: 'openai-chat',
  keyEnv: ['LEPTON_API_KEY', 'LEPTON_API_TOKEN'],
  settings: { host: ['LEPTON_HOST'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
