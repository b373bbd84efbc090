import { defineProvider } from './provider.ts';

/** https://docs.baseten.co/inference/model-apis/overview */
export const baseten = defineProvider({
  id: 'baseten',
  name: 'BaseTen',
  baseUrl: 'https://inference.baseten.co/v1',
  dialect: 'openai-chat',
  keyEnv: ['BASETEN_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  // Its name for what vLLM calls `chat_template_kwargs`: https://docs.baseten.co/inference/model-apis/reasoning
  quirks: { rejects: ['store'], renames: { chat_template_kwargs: 'chat_template_args' } },
  // Neither inputs nor outputs are stored: https://docs.baseten.co/observability/security
  policy: { training: false, retentionDays: 0, headquarters: 'US' },
});
