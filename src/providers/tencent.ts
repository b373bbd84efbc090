import { defineProvider } from './provider.ts';

/** https://cloud.tencent.com/document/product/1823/130050 */
export const tencent = defineProvider({
  id: 'tencent',
  name: 'Tencent',
  baseUrl: 'https://tokenhub.tencentmaas.com/v1',
  // https://www.tencentcloud.com/document/product/1300/78941
  otherHosts: ['tokenhub-intl.tencentcloudmaas.com', 'tokenhub.tencentcloudmaas.com'],
  dialect: 'openai-chat',
  keyEnv: ['TENCENT_TOKENHUB_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  policy: { training: false, retentionDays: null, headquarters: 'CN' },
});
