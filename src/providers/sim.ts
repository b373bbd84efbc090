/**
 * The simulated provider: no account, no network, every dialect, faults on demand.
 *
 * `sim: {}` under `providers` switches it on; its models are listed in sim/models.ts. The scheme `sim:` is what egress
 * looks at, and the path says the grammar (sim/simulate.ts), so any provider entry may be simulated in any dialect:
 *
 *   lab: { dialect: anthropic-messages, base_url: "sim://lab/v1", api_key: none, models: [sim/reasoner] }
 *   bad: { dialect: openai-chat, base_url: "sim://bad/v1", api_key: none, models: [{ id: sim/echo, upstream: "echo?status=503" }] }
 */
import { defineProvider, MINUTE_MS } from './provider.ts';

export const sim = defineProvider({
  id: 'sim',
  name: 'Sim',
  baseUrl: 'sim://local/v1',
  dialect: 'openai-chat',
  kinds: { rerank: 'jina', moderation: 'openai' },
  keyEnv: [],
  authorize: { kind: 'none' },
  usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
  onDisconnect: 'cancel',
  quirks: {
    reasoningStyle: 'reasoning_effort',
    reasoningReplay: 'reasoning_content',
    developerRole: true,
    maxTokensField: 'max_tokens',
  },
  policy: { training: false, retentionDays: 0, headquarters: null },
  promptCache: { lifeMs: 5 * MINUTE_MS, writes: 'automatic' },
  takesModelQuery: true,
});
