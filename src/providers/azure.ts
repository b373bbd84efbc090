import { claudeDoor } from './doors.ts';
import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle. A model's name is its deployment's. */
export const azure = defineProvider({
  id: 'azure',
  name: 'Azure',
  baseUrl: 'https://{resource}.openai.azure.com/openai/v1',
  otherHosts: ['{resource}.services.ai.azure.com', '{resource}.cognitiveservices.azure.com'],
  dialect: 'openai-chat',
  doors: [
    // https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/responses: OpenAI's models, and few of others.
    {
      dialect: 'openai-responses',
      models: ['openai/'],
      authorize: { kind: 'header', name: 'api-key' },
      quirks: {
        reasoningFormat: 'azure-openai-responses-v1',
        developerRole: true,
        ownerTools: true,
        minOutputTokens: 16,
      },
    },
    // Claude: https://learn.microsoft.com/en-us/azure/ai-foundry/foundry-models/how-to/use-foundry-models-claude
    claudeDoor({ models: ['anthropic/'], baseUrl: 'https://{resource}.services.ai.azure.com/anthropic/v1' }),
  ],
  keyEnv: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
  settings: { resource: ['AZURE_RESOURCE_NAME'] },
  authorize: { kind: 'header', name: 'api-key' },
  // 164 recorded replies: total = prompt + completion, reasoning inside.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // OpenRouter lists it among hosts that stop billing when the connection closes (OpenRouter's API).
  onDisconnect: 'cancel',
  quirks: { maxTokensField: 'max_completion_tokens', developerRole: true },
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  // 5 to 10 minutes without use, an hour at most: https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/prompt-caching
  promptCache: { lifeMs: 5 * MINUTE_MS, writes: 'automatic' },
  links: { statusPage: 'https://azure.status.microsoft/' },
});
