import { defineProvider } from './provider.ts';

/** https://openrouter.ai/docs/api-reference/overview */
export const openrouter = defineProvider({
  id: 'openrouter',
  name: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  dialect: 'openai-chat',
  keyEnv: ['OPENROUTER_API_KEY'],
  authorize: { kind: 'bearer' },
  // 968 recorded replies: total = prompt + completion, reasoning and cached tokens inside; `usage.cost` is what it charged.
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: 'authoritative' },
  // Documented: closing the stream cancels at every host that supports it.
  onDisconnect: 'cancel',
  quirks: {
    reasoningStyle: 'reasoning_object',
    reasoningReplay: 'reasoning_details',
    cacheControl: true,
    developerRole: true,
    // It is a gateway too: what it understands itself is not ours to drop. Models and routes are decided here.
    gatewayFields: ['provider', 'plugins', 'session_id', 'trace', 'max_tool_calls', 'stop_server_tools_when'],
  },
  // An aggregator: where a prompt ends up is its routing decision, so the careful answer is the one for unknown.
  policy: { training: true, retentionDays: null, headquarters: 'US' },
  takesAnyModel: true,
  links: {
    privacyPolicy: 'https://openrouter.ai/privacy',
    termsOfService: 'https://openrouter.ai/terms',
    statusPage: 'https://status.openrouter.ai/',
  },
});
