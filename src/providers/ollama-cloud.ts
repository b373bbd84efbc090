import { defineProvider } from './provider.ts';

/** https://docs.ollama.com/cloud: the same server, run by its makers. OpenRouter's `ollama` is this one; ours is the local one. */
export const ollamaCloud = defineProvider({
  id: 'ollama-cloud',
  name: 'Ollama Cloud',
  baseUrl: 'https://ollama.com/v1',
  dialect: 'openai-chat',
  doors: [{ dialect: 'ollama', baseUrl: 'https://ollama.com' }], // https://docs.ollama.com/api/authentication
  keyEnv: ['OLLAMA_API_KEY'],
  authorize: { kind: 'bearer' },
  // 36 recorded replies, most with what was thought, which it never counts apart: total = prompt + completion.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'], reasoningReplay: 'reasoning', strictTools: false },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
