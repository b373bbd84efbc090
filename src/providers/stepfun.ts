import { defineProvider } from './provider.ts';

/** https://platform.stepfun.ai/docs/en/overview/concept */
export const stepfun = defineProvider({
  id: 'stepfun',
  name: 'StepFun',
  baseUrl: 'https://api.stepfun.ai/v1',
  otherHosts: ['api.stepfun.com'],
  dialect: 'openai-chat',
  keyEnv: ['STEPFUN_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'CN' },
});
