import { defineProvider } from './provider.ts';

/** https://docs.crusoecloud.com/managed-inference/overview */
export const crusoe = defineProvider({
  id: 'crusoe',
  name: 'Crusoe',
  baseUrl: 'https://api.inference.crusoecloud.com/v1',
  dialect: 'openai-chat',
  keyEnv: ['CRUSOE_API_KEY'],
  authorize: { kind: 'bearer' },
  // 3 recorded replies: total = prompt + completion, reasoning and cached tokens inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { reasoningReplay: 'reasoning' }, // as a recorded turn with tools has it
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
