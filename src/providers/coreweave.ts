import { defineProvider } from './provider.ts';

/** https://docs.coreweave.com/inference: what was W&B Inference, at its address, with a key of CoreWeave Forge. */
export const coreweave = defineProvider({
  id: 'coreweave',
  name: 'CoreWeave',
  baseUrl: 'https://api.inference.wandb.ai/v1',
  dialect: 'openai-chat',
  keyEnv: ['COREWEAVE_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Nothing is kept, but for fragments in diagnostic logs of failures:
  // https://docs.coreweave.com/products/inference/serverless/privacy-and-security
  policy: { training: false, retentionDays: 14, headquarters: 'US' },
});
