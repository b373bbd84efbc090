import { claudeDoor, messagesDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://opencode.ai/docs/zen: each maker's models in the maker's grammar. */
export const opencode = defineProvider({
  id: 'opencode',
  name: 'OpenCode Zen',
  baseUrl: 'https://opencode.ai/zen/v1',
  dialect: 'openai-chat',
  doors: [
    { dialect: 'openai-responses', models: ['openai/'] },
    claudeDoor({ models: ['anthropic/'] }),
    // 2 recorded replies: as Anthropic's, signed by MiniMax.
    messagesDoor('opencode', { models: ['minimax/'], authorize: { kind: 'header', name: 'x-api-key' } }),
  ],
  keyEnv: ['OPENCODE_API_KEY'],
  authorize: { kind: 'bearer' },
  // 2 recorded replies: total = prompt + completion.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
