import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://docs.anthropic.com/en/api/messages */
export const anthropic = defineProvider({
  id: 'anthropic',
  name: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  dialect: 'anthropic-messages',
  keyEnv: ['ANTHROPIC_API_KEY'],
  authorize: { kind: 'header', name: 'x-api-key' },
  // `input_tokens` excludes cache reads and writes; `output_tokens` includes thinking (docs/sources.md).
  usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: { cacheControl: true, reasoningFormat: 'anthropic-claude-v1' },
  policy: { training: false, retentionDays: 30, headquarters: 'US' },
  // Five minutes after its last use, or an hour where the mark says so:
  // https://platform.claude.com/docs/en/build-with-claude/prompt-caching
  promptCache: { lifeMs: 5 * MINUTE_MS, lifeMsLong: 60 * MINUTE_MS, writes: 'marked' },
  links: {
    privacyPolicy: 'https://www.anthropic.com/legal/privacy',
    termsOfService: 'https://www.anthropic.com/legal/commercial-terms',
    statusPage: 'https://status.anthropic.com/',
  },
});
