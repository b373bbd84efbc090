import { claudeDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api */
export const snowflake = defineProvider({
  id: 'snowflake',
  name: 'Snowflake',
  baseUrl: 'https://{account}.snowflakecomputing.com/api/v2/cortex/v1',
  dialect: 'openai-chat',
  doors: [claudeDoor({ models: ['anthropic/'], authorize: { kind: 'bearer' } })], // on the same page: Claude only
  keyEnv: ['SNOWFLAKE_CORTEX_PAT', 'SNOWFLAKE_CORTEX_TOKEN'],
  settings: { account: ['SNOWFLAKE_ACCOUNT'] },
  authorize: { kind: 'bearer' },
  // 8 recorded replies: total = prompt + completion, none with reasoning.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  // As recorded: OpenRouter's `reasoning`, and Claude's signed details back and forth.
  quirks: {
    maxTokensField: 'max_completion_tokens',
    reasoningStyle: 'reasoning_object',
    reasoningReplay: 'reasoning_details',
    reasoningFormat: 'anthropic-claude-v1',
  },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
