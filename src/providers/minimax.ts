import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://platform.minimax.io/docs/api-reference/text-openai-api */
export const minimax = defineProvider({
  id: 'minimax',
  name: 'Minimax',
  baseUrl: 'https://api.minimax.io/v1',
  otherHosts: ['api.minimaxi.com'],
  dialect: 'openai-chat',
  doors: [
    // The one it recommends, as thinking keeps its place: https://platform.minimax.io/docs/api-reference/text-anthropic-api
    messagesDoor('minimax', { baseUrl: 'https://api.minimax.io/anthropic/v1' }),
  ],
  keyEnv: ['MINIMAX_API_KEY'],
  authorize: { kind: 'bearer' },
  // 42 recorded replies: total = prompt + completion; its reasoning count is an estimate that may exceed the completion.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {
    // Without reasoning_split the reasoning comes inside the content between <think> tags.
    defaults: { reasoning_split: true },
    reasoningReplay: 'reasoning_details',
  },
  policy: { training: false, retentionDays: null, headquarters: 'CN' },
});
