import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://platform.xiaomimimo.com/#/docs */
export const xiaomi = defineProvider({
  id: 'xiaomi',
  name: 'Xiaomi',
  baseUrl: 'https://api.xiaomimimo.com/v1',
  dialect: 'openai-chat',
  // https://platform.xiaomimimo.com/#/docs/api/text-generation/anthropic-api
  doors: [messagesDoor('xiaomi', { baseUrl: 'https://api.xiaomimimo.com/anthropic/v1' })],
  keyEnv: ['XIAOMI_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {
    rejects: ['store'],
    reasoningStyle: 'thinking_type',
    reasoningReplay: 'reasoning_content',
    requiresReasoningContent: true,
  },
  policy: { training: false, retentionDays: 30, headquarters: 'CN' },
});
