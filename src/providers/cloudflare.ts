import { defineProvider } from './provider.ts';

/** https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/ */
export const cloudflare = defineProvider({
  id: 'cloudflare',
  name: 'Cloudflare',
  baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{account_id}/ai/v1',
  dialect: 'openai-chat',
  // Its page shows it for gpt-oss alone.
  doors: [{ dialect: 'openai-responses', models: ['openai/gpt-oss-'] }],
  keyEnv: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY'],
  settings: { account_id: ['CLOUDFLARE_ACCOUNT_ID'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'] },
  // Trains nothing, and keeps only what its storage products are told to:
  // https://developers.cloudflare.com/workers-ai/platform/data-usage/
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  links: {
    privacyPolicy: 'https://www.cloudflare.com/privacypolicy/',
    statusPage: 'https://www.cloudflarestatus.com/',
  },
});
