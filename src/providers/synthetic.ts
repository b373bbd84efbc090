import { messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://dev.synthetic.new/docs/openai/chat-completions */
export const synthetic = defineProvider({
  id: 'synthetic',
  name: 'Synthetic',
  baseUrl: 'https://api.synthetic.new/openai/v1',
  dialect: 'openai-chat',
  // https://dev.synthetic.new/docs/anthropic/messages
  doors: [messagesDoor('synthetic', { baseUrl: 'https://api.synthetic.new/anthropic/v1' })],
  keyEnv: ['SYNTHETIC_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: null },
});
