import { ibmApiKey } from './auth/ibm-token.ts';
import { defineProvider } from './provider.ts';

/**
 * Its model gateway, which speaks OpenAI's grammar: https://www.ibm.com/docs/en/watsonx/saas?topic=generation-inferencing-gateway-models
 * An API key of IBM Cloud goes into `credentials`; what goes into `api_key` is a bearer token, as it is sent.
 */
export const watsonx = defineProvider({
  id: 'watsonx',
  name: 'IBM watsonx',
  baseUrl: 'https://{host}/ml/gateway/v1',
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-completions' }], // on the same page
  keyEnv: ['WATSONX_AI_BEARER_TOKEN'],
  settings: { host: ['WATSONX_URL', 'WATSONX_AI_SERVICE_URL'] },
  authorize: { kind: 'bearer' },
  credentials: ibmApiKey(['WATSONX_AI_APIKEY', 'WATSONX_APIKEY', 'WATSONX_API_KEY']),
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
