import { sigV4 } from './auth/sigv4.ts';
import { claudeDoor, mantleDoor } from './doors.ts';
import { defineProvider, MINUTE_MS } from './provider.ts';

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const amazonBedrock = defineProvider({
  id: 'amazon-bedrock',
  name: 'Amazon Bedrock',
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  dialect: 'bedrock-converse',
  // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html: which path serves a model is the model's.
  // 9 recorded replies: total = input + output, reasoning inside.
  doors: [
    mantleDoor('openai', { models: ['openai/gpt-oss-'], baseUrl: 'https://bedrock-mantle.{region}.api.aws/v1' }),
    mantleDoor('xai', { models: ['x-ai/'] }),
    mantleDoor('openai', { models: [] }),
    // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html: for who asks for it by name.
    claudeDoor({
      models: [],
      baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com/anthropic/v1',
      authorize: { kind: 'bearer' },
    }),
  ],
  keyEnv: ['AWS_BEARER_TOKEN_BEDROCK'],
  settings: { region: ['AWS_REGION', 'AWS_DEFAULT_REGION'] },
  authorize: { kind: 'bearer' },
  credentials: sigV4('bedrock'),
  // `inputTokens` excludes cache reads and writes (docs/sources.md).
  usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
  // Bills the whole completion after a disconnect (OpenRouter's API), so what was paid for is read.
  onDisconnect: 'drain',
  quirks: {},
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
  // As Anthropic's, by `cachePoint`: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
  promptCache: { lifeMs: 5 * MINUTE_MS, lifeMsLong: 60 * MINUTE_MS, writes: 'marked' },
});
