import { defineProvider } from './provider.ts';

/** https://vercel.com/docs/ai-gateway/openai-compat */
export const vercel = defineProvider({
  id: 'vercel',
  name: 'Vercel AI Gateway',
  baseUrl: 'https://ai-gateway.vercel.sh/v1',
  dialect: 'openai-chat',
  doors: [
    { dialect: 'openai-responses' }, // https://vercel.com/docs/ai-gateway/sdks-and-apis/responses
    // https://vercel.com/docs/ai-gateway/sdks-and-apis/anthropic-messages-api
    { dialect: 'anthropic-messages', authorize: { kind: 'bearer' }, quirks: { cacheControl: true } },
  ],
  keyEnv: ['AI_GATEWAY_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
  takesAnyModel: true,
});
