import { defineProvider } from './provider.ts';

/** 968 recorded replies: total = prompt + completion, reasoning and cached tokens inside; `usage.cost` is what it charged. */
const usage = { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: 'authoritative' } as const;
/** Messages count cached tokens beside the input, as the grammar's owner does; what was charged is told there too. */
const messagesUsage = { ...usage, cachedInput: 'beside-input' } as const;
/** It is a gateway too: what it understands itself is not ours to drop. Models and routes are decided here. */
const gateway = {
  cacheControl: true,
  developerRole: true,
  gatewayFields: ['provider', 'plugins', 'session_id', 'trace', 'max_tool_calls', 'stop_server_tools_when'],
} as const;

/** https://openrouter.ai/docs/api-reference/overview */
export const openrouter = defineProvider({
  id: 'openrouter',
  name: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  dialect: 'openai-chat',
  doors: [
    { dialect: 'openai-responses', usage, quirks: gateway }, // 7 recorded replies: as above
    { dialect: 'anthropic-messages', authorize: { kind: 'bearer' }, usage: messagesUsage, quirks: gateway },
    { dialect: 'openai-completions', usage, quirks: gateway },
  ],
  kinds: {
    embeddings: { dialect: 'openai', quirks: { embedsContent: 'content' } },
    rerank: { dialect: 'jina', quirks: { documentObjects: true } },
  },
  keyEnv: ['OPENROUTER_API_KEY'],
  authorize: { kind: 'bearer' },
  usage,
  // Documented: closing the stream cancels at every host that supports it.
  onDisconnect: 'cancel',
  quirks: { ...gateway, reasoningStyle: 'reasoning_object', reasoningReplay: 'reasoning_details' },
  // An aggregator: where a prompt ends up is its routing decision, so the careful answer is the one for unknown.
  policy: { training: true, retentionDays: null, headquarters: 'US' },
  takesAnyModel: true,
  links: {
    privacyPolicy: 'https://openrouter.ai/privacy',
    termsOfService: 'https://openrouter.ai/terms',
    statusPage: 'https://status.openrouter.ai/',
  },
});
