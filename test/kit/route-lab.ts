/** Three hosts of a few models, with an alias, an account's cap, a key's defaults, a tier, and hosts that fail. */
const model = (id: string, upstream: string, usd: number, more = '') =>
  `{ id: ${id}, upstream: "${upstream}", supported_parameters: [max_tokens, temperature], ` +
  `pricing: { prompt: "0.00000${usd}", completion: "0.00000${usd}", input_cache_read: "0.0000001" }${more} }`;
const host = (name: string, more: string, models: readonly string[]) =>
  `  ${name}: { dialect: openai-chat, base_url: "sim://${name}/v1", api_key: none, ${more}, models: [${models.join(', ')}] }\n`;

/** Prices in USD per million tokens: one 1, two 3 (4 in its priority tier), dear 9. The account takes prompts of up to 5. */
export const ROUTE_LAB =
  'aliases: { quick: lab/plain }\n' +
  'routing:\n  defaults: { max_price: { prompt: 5 } }\n  keys: { careful: { zdr: true, ignore: [two] } }\n' +
  'providers:\n' +
  host('one', 'data_policy: { training: true }', [
    model('lab/plain', 'echo', 1),
    model('lab/fails', 'echo?status=503', 1),
    model('lab/rests', 'echo?status=429&retry_after=60', 1),
    model('lab/alone', 'echo', 2),
  ]) +
  host('two', 'name: Two & Co, data_policy: { training: false, retention_days: 30 }', [
    model('lab/plain', 'echo', 3),
    model('lab/fails', 'echo', 3),
    model('lab/rests', 'echo', 3),
    model('lab/plain', 'echo-fast', 4, ', service_tier: priority'),
  ]) +
  host('dear', 'data_policy: { training: false, retention_days: 0 }', [model('lab/plain', 'echo', 9)]);
