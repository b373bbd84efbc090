import { defineProvider } from './provider.ts';

/** https://deepinfra.com/docs/openai_api */
export const deepinfra = defineProvider({
  id: 'deepinfra',
  name: 'DeepInfra',
  baseUrl: 'https://api.deepinfra.com/v1/openai',
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-completions' }], // https://deepinfra.com/docs/openai_api
  keyEnv: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: {},
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  links: {
    privacyPolicy: 'https://deepinfra.com/privacy',
    termsOfService: 'https://deepinfra.com/terms',
  },
});
