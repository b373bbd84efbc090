import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://platform.openai.com/docs/api-reference/chat */
export const openai = defineProvider({
  id: 'openai',
  name: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  dialect: 'openai-chat',
  doors: [
    // https://platform.openai.com/docs/api-reference/responses
    // 1,096 recorded replies: total = input + output, reasoning and cached tokens inside.
    {
      dialect: 'openai-responses',
      quirks: {
        reasoningFormat: 'openai-responses-v1',
        developerRole: true,
        obfuscationOption: true,
        ownerTools: true,
        minOutputTokens: 16,
      },
    },
    // https://platform.openai.com/docs/api-reference/completions: three models are left there.
    {
      dialect: 'openai-completions',
      quirks: { completionsModels: ['gpt-3.5-turbo-instruct', 'davinci-002', 'babbage-002'] },
    },
  ],
  kinds: { moderation: 'openai' },
  keyEnv: ['OPENAI_API_KEY'],
  authorize: { kind: 'bearer' },
  // 1,909 recorded replies: total = prompt + completion, reasoning and cached tokens inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: { maxTokensField: 'max_completion_tokens', developerRole: true, obfuscationOption: true },
  policy: { training: false, retentionDays: 30, headquarters: 'US' },
  // 5 to 10 minutes of inactivity in memory; `prompt_cache_options.ttl` promises 30 from GPT-5.6 on, and 24 h is a most, not a
  // promise: https://developers.openai.com/api/docs/guides/prompt-caching
  promptCache: { lifeMs: 5 * MINUTE_MS, lifeMsLong: 30 * MINUTE_MS, writes: 'automatic' },
  links: {
    privacyPolicy: 'https://openai.com/policies/privacy-policy/',
    termsOfService: 'https://openai.com/policies/row-terms-of-use/',
    statusPage: 'https://status.openai.com/',
  },
});
