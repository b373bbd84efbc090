import { claudeDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://docs.zenmux.ai */
export const zenmux = defineProvider({
  id: 'zenmux',
  name: 'ZenMux',
  baseUrl: 'https://zenmux.ai/api/v1',
  dialect: 'openai-chat',
  // models.dev has its OpenAI and Claude models at these.
  doors: [
    { dialect: 'openai-responses', models: ['openai/'] },
    claudeDoor({
      models: ['anthropic/'],
      baseUrl: 'https://zenmux.ai/api/anthropic/v1',
      authorize: { kind: 'bearer' },
    }),
  ],
  keyEnv: ['ZENMUX_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: null },
});
