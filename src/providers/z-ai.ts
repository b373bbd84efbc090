import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://docs.z.ai/api-reference/llm/chat-completion */
export const zAi = defineProvider({
  id: 'z-ai',
  name: 'Z.AI',
  baseUrl: 'https://api.z.ai/api/paas/v4',
  otherHosts: ['open.bigmodel.cn'],
  dialect: 'openai-chat',
  // https://docs.z.ai/devpack/tool/claude
  doors: [messagesDoor('z-ai', { baseUrl: 'https://api.z.ai/api/anthropic/v1' })],
  keyEnv: ['ZAI_API_KEY', 'ZHIPU_API_KEY'],
  authorize: { kind: 'bearer' },
  // 143 recorded replies: total = prompt + completion, reasoning and cached tokens inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'], reasoningStyle: 'thinking_type', reasoningReplay: 'reasoning_content' },
  policy: { training: false, retentionDays: 0, headquarters: 'CN' },
});
