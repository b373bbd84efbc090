import { claudeDoor } from './doors.ts';
import { defineProvider } from './provider.ts';

/**
 * https://github.com/github/copilot-sdk/blob/main/docs/auth/authenticate.md: GitHub's own clients are what it is made for.
 * The key is a token of the Copilot API or an OAuth token of GitHub. GITHUB_TOKEN is not looked at: it is there for other things.
 */
export const githubCopilot = defineProvider({
  id: 'github-copilot',
  name: 'GitHub Copilot',
  baseUrl: 'https://api.githubcopilot.com',
  // By plan; a token names its own.
  otherHosts: [
    'api.individual.githubcopilot.com',
    'api.business.githubcopilot.com',
    'api.enterprise.githubcopilot.com',
  ],
  dialect: 'openai-chat',
  // Which path serves a model is the model's (`supported_endpoints` of its list).
  doors: [
    // 5 recorded replies: total = input + output, reasoning inside.
    {
      dialect: 'openai-responses',
      models: ['openai/'],
      quirks: { reasoningFormat: 'github-copilot-responses-v1', developerRole: true },
    },
    claudeDoor({
      models: ['anthropic/'],
      baseUrl: 'https://api.githubcopilot.com/v1',
      authorize: { kind: 'bearer' },
    }),
  ],
  keyEnv: ['GITHUB_COPILOT_API_TOKEN', 'COPILOT_GITHUB_TOKEN'],
  authorize: { kind: 'bearer' },
  // 12 recorded replies: total = prompt + completion. Its price (`copilot_usage`) is one of a subscription.
  usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
  // Not known to stop billing when the connection closes, so what may be billed is read.
  onDisconnect: 'drain',
  quirks: {},
  // Not verified: unknown counts as training and keeping. The configuration may say otherwise (data_policy).
  policy: { training: true, retentionDays: null, headquarters: 'US' },
});
