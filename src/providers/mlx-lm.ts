import { defineProvider } from './provider.ts';

/** https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/SERVER.md */
export const mlxLm = defineProvider({
  id: 'mlx-lm',
  name: 'MLX LM',
  baseUrl: 'http://localhost:8080/v1',
  dialect: 'openai-chat',
  doors: [{ dialect: 'openai-completions', authorize: { kind: 'none' } }],
  keyEnv: [],
  authorize: { kind: 'none' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Runs on the operator's own machine: prompts stay there, and closing the connection frees it.
  onDisconnect: 'cancel',
  quirks: { strictTools: false },
  policy: { training: false, retentionDays: 0, headquarters: null },
});
