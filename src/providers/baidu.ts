import { defineProvider } from './provider.ts';

/** https://cloud.baidu.com/doc/qianfan-api/s/3m7of64lb */
export const baidu = defineProvider({
  id: 'baidu',
  name: 'Baidu',
  baseUrl: 'https://qianfan.baidubce.com/v2',
  dialect: 'openai-chat',
  keyEnv: ['QIANFAN_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'CN' },
});
