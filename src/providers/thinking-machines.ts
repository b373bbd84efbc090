import { defineProvider } from './provider.ts';

/** https://tinker-docs.thinkingmachines.ai/tinker/compatible-apis/anthropic/ */
export const thinkingMachines = defineProvider({
  id: 'thinking-machines',
  name: 'Thinking Machines',
  baseUrl: 'https://tinker.thinkingmachines.dev/services/tinker-prod/anthropic/api/v1',
  dialect: 'anthropic-messages',
  keyEnv: ['TINKER_API_KEY'],
  authorize: { kind: 'header', name: 'x-api-key' },
  // Anthropic's grammar: `input_tokens` excludes cache reads and writes (docs/sources.md).
  usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { reasoningFormat: 'thinking-machines-messages-v1' },
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
