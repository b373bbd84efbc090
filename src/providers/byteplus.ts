import { defineProvider } from './provider.ts';

/** https://docs.byteplus.com/en/docs/ModelArk/1330626 */
export const byteplus = defineProvider({
  id: 'byteplus',
  name: 'BytePlus',
  baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
  otherHosts: ['ark.cn-beijing.volces.com'],
  dialect: 'openai-chat',
  // https://docs.byteplus.com/en/docs/ModelArk/Create_model_request
  doors: [{ dialect: 'openai-responses' }],
  keyEnv: ['ARK_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { reasoningStyle: 'thinking_type' },
  policy: { training: false, retentionDays: 1, headquarters: 'CN' },
});
