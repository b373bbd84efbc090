import { defineProvider } from './provider.ts';

/** https://docs.oracle.com/en-us/iaas/Content/generative-ai/pretrained-models.htm */
export const oci = defineProvider({
  id: 'oci',
  name: 'Oracle Cloud',
  baseUrl: 'https://inference.generativeai.{region}.oci.oraclecloud.com/openai/v1',
  dialect: 'openai-chat',
  keyEnv: ['OCI_GENAI_API_KEY'],
  settings: { region: ['OCI_REGION'] },
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
