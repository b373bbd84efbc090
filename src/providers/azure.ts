import { defineProvider, MINUTE_MS } from './provider.ts';

/**
 * https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle
 * The model name is the deployment name.
 */
export const azure = defineProvider({
  id: 'azure',
  name: 'Azure',
  baseUrl: 'https://{resource}.openai.azure.com/openai/v1',
  otherHosts: ['{resource}.services.ai.azure.com', '{resource}.cognitiveservices.azure.com'],
  dialect: 'openai-chat',
  keyEnv: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
  settings: { resource: ['AZURE_RESOURCE_NAME'] },
  authorize: { kind: 'header', name: 'api-key' },
  // 164 recorded replies: total = prompt + completion, reasoning inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: { maxTokensField: 'max_completion_tokens', developerRole: true },
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  // 5 to 10 minutes of inactivity, never above an hour:
  // https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/prompt-caching
  promptCache: { lifeMs: 5 * MINUTE_MS, writes: 'automatic' },
  links: {
    statusPage: 'https://azure.status.microsoft/',
  },
});
