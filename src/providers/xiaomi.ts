import { defineProvider } from './provider.ts';

/** https://platform.xiaomimimo.com/#/docs */
export const xiaomi = defineProvider({
  id: 'xiaomi',
  name: 'Xiaomi',
  baseUrl: 'https://api.xiaomimimo.com/v1',
  dialect: 'openai-chat',
  keyEnv: ['XIAOMI_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { reasoningStyle: 'thinking_type', reasoningReplay: 'reasoning_content', requiresReasoningContent: true },
  policy: { training: false, retentionDays: 30, headquarters: 'CN' },
});
