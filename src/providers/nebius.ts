import { defineProvider } from './provider.ts';

/** https://docs.tokenfactory.nebius.com/ */
export const nebius = defineProvider({
  id: 'nebius',
  name: 'Nebius',
  baseUrl: 'https://api.tokenfactory.nebius.com/v1',
  otherHosts: ['api.studio.nebius.com'], // its older name
  dialect: 'openai-chat',
  keyEnv: ['NEBIUS_API_KEY'],
  authorize: { kind: 'bearer' },
  // No recording: the reply itself decides whether reasoning is inside.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  policy: { training: false, retentionDays: 0, headquarters: 'NL' },
});
