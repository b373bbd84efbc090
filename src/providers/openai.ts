import { defineProvider } from './provider.ts';

/** https://platform.openai.com/docs/api-reference/chat */
export const openai = defineProvider({
  id: 'openai',
  name: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  dialect: 'openai-chat',
  keyEnv: ['OPENAI_API_KEY'],
  authorize: { kind: 'bearer' },
  // 1,909 recorded replies: total = prompt + completion, reasoning and cached tokens inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: { maxTokensField: 'max_completion_tokens', developerRole: true, obfuscationOption: true },
  policy: { training: false, retentionDays: 30, headquarters: 'US' },
  links: {
    privacyPolicy: 'https://openai.com/policies/privacy-policy/',
    termsOfService: 'https://openai.com/policies/row-terms-of-use/',
    statusPage: 'https://status.openai.com/',
  },
});
