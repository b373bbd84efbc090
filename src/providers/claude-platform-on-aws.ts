import { sigV4 } from './auth/sigv4.ts';
import { defineProvider, MINUTE_MS } from './provider.ts';

/** Anthropic's own platform, reached and paid through AWS: https://docs.aws.amazon.com/claude-platform/latest/userguide/making-requests.html */
export const claudePlatformOnAws = defineProvider({
  id: 'claude-platform-on-aws',
  name: 'Claude Platform on AWS',
  baseUrl: 'https://aws-external-anthropic.{region}.api.aws/v1',
  dialect: 'anthropic-messages',
  keyEnv: ['ANTHROPIC_AWS_API_KEY'],
  settings: { region: ['AWS_REGION', 'AWS_DEFAULT_REGION'], workspace_id: ['ANTHROPIC_AWS_WORKSPACE_ID'] },
  authorize: { kind: 'header', name: 'x-api-key' },
  // The keys of AWS may be there for anything: its own variable says that they are meant for it.
  credentials: { ...sigV4('aws-external-anthropic'), optInEnv: ['ANTHROPIC_AWS_WORKSPACE_ID'] },
  headers: { 'anthropic-workspace-id': '{workspace_id}' },
  // As Anthropic's, which answers.
  usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: { cacheControl: true, reasoningFormat: 'anthropic-claude-v1' },
  policy: { training: false, retentionDays: 30, headquarters: 'US' },
  promptCache: { lifeMs: 5 * MINUTE_MS, lifeMsLong: 60 * MINUTE_MS, writes: 'marked' },
});
