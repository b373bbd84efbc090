import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://novita.ai/docs/guides/llm-api */
export const novita = defineProvider({
  id: 'novita',
  name: 'Novita',
  baseUrl: 'https://api.novita.ai/openai/v1',
  dialect: 'openai-chat',
  // Some of its models, without a list to go by: https://novita.ai/docs/guides/llm-anthropic-compatibility
  doors: [messagesDoor('novita', { models: [], baseUrl: 'https://api.novita.ai/anthropic/v1' })],
  kinds: { rerank: 'jina' }, // https://novita.ai/docs/api-reference/model-apis-llm-create-rerank
  keyEnv: ['NOVITA_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
});
