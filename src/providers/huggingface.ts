import { defineProvider } from './provider.ts';

/** https://huggingface.co/docs/inference-providers */
export const huggingface = defineProvider({
  id: 'huggingface',
  name: 'Hugging Face',
  baseUrl: 'https://router.huggingface.co/v1',
  dialect: 'openai-chat',
  // A beta: https://huggingface.co/docs/inference-providers/guides/responses-api
  doors: [{ dialect: 'openai-responses' }],
  keyEnv: ['HF_TOKEN'],
  authorize: { kind: 'bearer' },
  // 10 recorded replies: total = prompt + completion.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'] },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
