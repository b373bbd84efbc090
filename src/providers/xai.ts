import { defineProvider } from './provider.ts';

/** https://docs.x.ai/docs/api-reference */
export const xai = defineProvider({
  id: 'xai',
  name: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  dialect: 'openai-chat',
  doors: [
    // Its primary grammar (https://docs.x.ai/developers/model-capabilities/text/comparison); its Messages are deprecated.
    // 97 recorded replies: total = input + output, reasoning and cached tokens inside.
    {
      dialect: 'openai-responses',
      usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: 'informative' },
      quirks: { reasoningFormat: 'xai-responses-v1' },
    },
  ],
  keyEnv: ['XAI_API_KEY'],
  authorize: { kind: 'bearer' },
  // 87 recorded replies: total = prompt + completion + reasoning, so reasoning is outside; newer ones may differ.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: 'informative' },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: { rejects: ['store'] },
  policy: { training: false, retentionDays: 30, headquarters: 'US' },
  links: {
    privacyPolicy: 'https://x.ai/legal/privacy-policy',
    termsOfService: 'https://x.ai/legal/terms-of-service-enterprise',
    statusPage: 'https://status.x.ai/',
  },
});
