import { defineProvider } from './provider.ts';

/**
 * https://docs.runpod.io/serverless/vllm/openai-compatibility: a vLLM worker of your own.
 *
 * The address is not checked against a vendor page: set base_url if it moved.
 */
export const runpod = defineProvider({
  id: 'runpod',
  name: 'Runpod',
  baseUrl: 'https://api.runpod.ai/v2/{endpoint_id}/openai/v1',
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-completions' }],
  keyEnv: ['RUNPOD_API_KEY'],
  settings: { endpoint_id: ['RUNPOD_ENDPOINT_ID'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { rejects: ['store'], strictTools: false },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
