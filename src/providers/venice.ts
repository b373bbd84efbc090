import { defineProvider } from './provider.ts';

/** https://docs.venice.ai/api-reference/endpoint/chat/completions */
export const venice = defineProvider({
  id: 'venice',
  name: 'Venice',
  baseUrl: 'https://api.venice.ai/api/v1',
  dialect: 'openai-chat',
  keyEnv: ['VENICE_API_KEY'],
  authorize: { kind: 'bearer' },
  // 23 recorded replies: total = prompt + completion, cached tokens inside; none counts its reasoning.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { reasoningReplay: 'reasoning_content' },
  policy: { training: false, retentionDays: null, headquarters: 'US' },
});
