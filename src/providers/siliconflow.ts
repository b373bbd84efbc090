import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://docs.siliconflow.com/en/api-reference/chat-completions/chat-completions */
export const siliconflow = defineProvider({
  id: 'siliconflow',
  name: 'SiliconFlow',
  baseUrl: 'https://api.siliconflow.com/v1',
  otherHosts: ['api.siliconflow.cn'],
  dialect: 'openai-chat',
  // https://docs.siliconflow.com/en/api-reference/chat-completions/messages
  doors: [messagesDoor('siliconflow')],
  kinds: { rerank: 'jina' }, // https://docs.siliconflow.com/en/api-reference/rerank/create-rerank
  keyEnv: ['SILICONFLOW_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { reasoningStyle: 'enable_thinking' },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'SG' },
});
