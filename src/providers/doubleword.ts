import { defineProvider } from './provider.ts';

/** https://docs.doubleword.ai/inference-api */
export const doubleword = defineProvider({
  id: 'doubleword',
  name: 'Doubleword',
  baseUrl: 'https://api.doubleword.ai/v1',
  dialect: 'openai-chat',
  keyEnv: ['DOUBLEWORD_API_KEY'],
  authorize: { kind: 'bearer' },
  // 35 recorded replies, 33 with reasoning: total = prompt + completion, reasoning inside (its own count of it may be higher).
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { reasoningReplay: 'reasoning_content' }, // as recorded turns with tools have it
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'GB' },
});
