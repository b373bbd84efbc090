import { claudeDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/** https://docs.databricks.com/aws/en/machine-learning/foundation-models/ */
export const databricks = defineProvider({
  id: 'databricks',
  name: 'Databricks',
  baseUrl: 'https://{host}/ai-gateway/mlflow/v1',
  dialect: 'openai-chat',
  // https://docs.databricks.com/aws/en/ai-gateway/query-endpoints-beta: the makers' own grammars for their models.
  doors: [
    { dialect: 'openai-responses', models: ['openai/'], baseUrl: 'https://{host}/ai-gateway/openai/v1' },
    claudeDoor({
      models: ['anthropic/'],
      baseUrl: 'https://{host}/ai-gateway/anthropic/v1',
      authorize: { kind: 'bearer' },
    }),
  ],
  keyEnv: ['DATABRICKS_TOKEN'],
  settings: { host: ['DATABRICKS_HOST'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  policy: { training: false, retentionDays: null, headquarters: 'US' },
});
