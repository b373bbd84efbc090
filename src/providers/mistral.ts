import { defineProvider } from './provider.ts';

/** https://docs.mistral.ai/api/ */
export const mistral = defineProvider({
  id: 'mistral',
  name: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  dialect: 'openai-chat',
  // https://docs.mistral.ai/api/endpoint/fim: a text with a gap, for the models that write code
  doors: [
    {
      dialect: 'openai-completions',
      quirks: {
        completionsPath: '/fim/completions',
        completionsModels: ['codestral-latest', 'codestral-2501', 'codestral-2508'],
        rejects: ['user', 'logit_bias', 'logprobs', 'echo', 'best_of', 'n', 'frequency_penalty', 'presence_penalty'],
        renames: { seed: 'random_seed' },
        refusesUnknownFields: true,
        ownFields: ['random_seed', 'min_tokens'],
        streamOptions: false,
      },
    },
  ],
  // https://docs.mistral.ai/api/#tag/embeddings, https://docs.mistral.ai/capabilities/guardrailing
  kinds: {
    embeddings: {
      dialect: 'openai',
      quirks: {
        renames: { dimensions: 'output_dimension' },
        rejects: ['user', 'input_type', 'encoding_format'],
        refusesUnknownFields: true,
      },
    },
    moderation: { dialect: 'mistral', quirks: { rejects: ['user'], refusesUnknownFields: true } },
  },
  keyEnv: ['MISTRAL_API_KEY'],
  authorize: { kind: 'bearer' },
  // 221 recorded replies: total = prompt + completion; the three others count audio seconds apart.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  // Bills the whole completion after a disconnect (OpenRouter's API), so what was paid for is read.
  onDisconnect: 'drain',
  quirks: {
    // 422 on keys it does not know (docs/sources.md); usage comes on the last stream frame without being asked for.
    refusesUnknownFields: true,
    ownFields: ['random_seed', 'safe_prompt', 'prompt_mode'],
    rejects: ['user', 'logit_bias', 'logprobs', 'top_logprobs', 'store'],
    renames: { seed: 'random_seed' },
    streamOptions: false,
    nineCharacterToolIds: true,
    plainMediaUrls: true,
    maxTemperature: 1.5,
    // https://docs.mistral.ai/capabilities/completion/prefix: a last message of the assistant is refused without it.
    prefillField: 'prefix',
  },
  policy: { training: false, retentionDays: 30, headquarters: 'FR' },
  links: {
    privacyPolicy: 'https://mistral.ai/terms/#privacy-policy',
    termsOfService: 'https://mistral.ai/terms/#terms-of-use',
    statusPage: 'https://status.mistral.ai/',
  },
});
