import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://platform.moonshot.ai/docs/api/chat */
export const moonshotai = defineProvider({
  id: 'moonshotai',
  name: 'Moonshot AI',
  baseUrl: 'https://api.moonshot.ai/v1',
  otherHosts: ['api.moonshot.cn'],
  dialect: 'openai-chat',
  doors: [
    { dialect: 'openai-responses' }, // https://platform.kimi.ai/docs/api/responses
    // https://platform.kimi.ai/docs/guide/agent-support
    messagesDoor('moonshotai', { baseUrl: 'https://api.moonshot.ai/anthropic/v1' }),
  ],
  keyEnv: ['MOONSHOT_API_KEY'],
  authorize: { kind: 'bearer' },
  // 4 recorded replies: total = prompt + completion, reasoning inside; `cached_tokens` also at the top.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {
    rejects: ['store'],
    reasoningStyle: 'thinking_type',
    reasoningReplay: 'reasoning_content',
    requiresReasoningContent: true,
    strictTools: false,
    // https://platform.moonshot.ai/docs/api/partial
    prefillField: 'partial',
  },
  policy: { training: false, retentionDays: 0, headquarters: 'CN' },
});
