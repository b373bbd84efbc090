import { defineProvider } from './provider.ts';

/**
 * https://devcenter.heroku.com/articles/heroku-inference-api-v1-chat-completions
 * Each app's INFERENCE_URL and INFERENCE_KEY: `heroku config`.
 */
export const heroku = defineProvider({
  id: 'heroku',
  name: 'Heroku',
  baseUrl: 'https://us.inference.heroku.com/v1',
  otherHosts: ['eu.inference.heroku.com'],
  dialect: 'openai-chat',
  keyEnv: ['INFERENCE_KEY'],
  authorize: { kind: 'bearer' },
  // A recorded reply: total = prompt + completion.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
