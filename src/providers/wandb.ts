import { defineProvider } from './provider.ts';

/** https://docs.wandb.ai/inference */
export const wandb = defineProvider({
  id: 'wandb',
  name: 'WandB',
  baseUrl: 'https://api.inference.wandb.ai/v1',
  dialect: 'openai-chat',
  keyEnv: ['WANDB_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
