import { defineProvider } from './provider.ts';

/**
 * The Seed models of BytePlus ModelArk under the name of their maker: https://docs.byteplus.com/en/docs/ModelArk/1330626
 * The key is the one of ModelArk. A variable of its own, because one switches on one provider.
 */
export const seed = defineProvider({
  id: 'seed',
  name: 'Seed',
  baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
  otherHosts: ['ark.cn-beijing.volces.com'],
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-responses' }], // https://docs.byteplus.com/en/docs/ModelArk/Create_model_request
  keyEnv: ['SEED_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { reasoningStyle: 'thinking_type' },
  policy: { training: false, retentionDays: 1, headquarters: 'CN' },
});
