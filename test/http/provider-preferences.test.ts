/** The `provider` object (OpenRouter's API): which endpoint answers, and which never may. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

/** USD per million tokens, in and out alike. */
const PRICES = { cheap: 1, middle: 2, dear: 4 } as const;
type Host = keyof typeof PRICES;
const hosts: readonly Host[] = ['cheap', 'middle', 'dear'];

let gateway: Gateway;
beforeAll(async () => {
  const model = (id: string, upstream: string, usd: number): string =>
    `{ id: ${id}, upstream: "${upstream}", supported_parameters: [max_tokens, temperature], pricing: { prompt: "0.00000${usd}", completion: "0.00000${usd}" } }`;
  const entry = (host: Host, more: string): string => {
    const models = [model('lab/priced', 'echo', PRICES[host])];
    if (host === 'cheap')
      models.push(model('lab/broken', 'echo?status=500', 1), model('lab/broken2', 'echo?status=500', 1));
    if (host === 'dear') models.push(model('lab/broken', 'echo', 4), model('lab/broken2', 'echo', 4));
    return `  ${host}: { dialect: openai-chat, base_url: "sim://${host}/v1", api_key: none, ${more}, models: [${models.join(', ')}] }`;
  };
  gateway = await startGateway({
    config: `providers:
${entry('cheap', 'data_policy: { training: true }')}
${entry('middle', 'data_policy: { training: false, retention_days: 30 }')}
${entry('dear', 'name: Dear & Co, data_policy: { training: false, retention_days: 0 }')}
`,
  });
});
afterAll(() => gateway.stop());

const request = (provider: Readonly<Record<string, unknown>>, model = 'lab/priced') => chat(model, 'hi', { provider });
/** Display name → the entry's own. */
const hostOf = (provider: string): Host => hosts.find((host) => host === provider) ?? 'dear';

/** Who answered, over several draws. */
async function answering(provider: Readonly<Record<string, unknown>>, draws = 12): Promise<readonly Host[]> {
  const answered = new Set<Host>();
  for (let i = 0; i < draws; i++) {
    answered.add(hostOf((await wholeOf(await ask(gateway, request(provider)))).provider));
  }
  return hosts.filter((host) => answered.has(host));
}

describe('which endpoints may answer', () => {
  test.each<[name: string, provider: Readonly<Record<string, unknown>>, answered: readonly Host[]]>([
    ['order: the first of the list', { order: ['dear', 'cheap'] }, ['dear']],
    ['order: what does not host the model is skipped', { order: ['openai', 'middle'] }, ['middle']],
    ['order: by display name, in any case', { order: ['dear & co'] }, ['dear']],
    ['only: an allow-list', { only: ['middle'] }, ['middle']],
    ['only and ignore: both hold', { only: ['middle', 'dear'], ignore: ['dear'] }, ['middle']],
    ['ignore: a deny-list', { ignore: ['cheap', 'middle'] }, ['dear']],
    ['sort by price: the cheapest, without a draw', { sort: 'price' }, ['cheap']],
    ['max_price: what is dearer never answers', { max_price: { prompt: 1.5 }, sort: 'price' }, ['cheap']],
    ['max_price: as text, on completions', { max_price: { completion: '1' } }, ['cheap']],
    ['max_price: the bound itself is allowed', { max_price: { prompt: 2 }, order: ['middle'] }, ['middle']],
    ['max_price wins over order', { max_price: { prompt: 2 }, order: ['dear', 'middle'] }, ['middle']],
    ['data_collection deny: nobody who trains', { data_collection: 'deny', sort: 'price' }, ['middle']],
    ['zdr: nobody who keeps prompts', { zdr: true }, ['dear']],
    ['order with allow_fallbacks false: only the list', { order: ['middle'], allow_fallbacks: false }, ['middle']],
    ['null is as good as absent', { order: null, only: null, ignore: null, max_price: null, sort: 'price' }, ['cheap']],
  ])('%s', async (_, provider, answered) => {
    expect(await answering(provider)).toEqual(answered);
  });

  test.each<[name: string, provider: Readonly<Record<string, unknown>>, excludedBy: string]>([
    ['only names nobody who hosts it', { only: ['openai'] }, 'allowed_providers'],
    ['ignore names everybody', { ignore: ['cheap', 'middle', 'dear'] }, 'ignored_providers'],
    ['everybody is dearer', { max_price: { prompt: 0.5 } }, 'max_price'],
    ['one host, and it trains', { only: ['cheap'], data_collection: 'deny' }, 'data_policy:training'],
    ['one host, and it keeps prompts', { only: ['middle'], zdr: true }, 'data_policy:zdr'],
    ['nobody takes a parameter', { require_parameters: true, only: ['cheap'] }, 'require_parameters'],
  ])('nothing is left where %s: 404 saying so', async (_, provider, excludedBy) => {
    const body = { ...request(provider), ...(excludedBy === 'require_parameters' && { top_a: 0.5 }) };
    const error = await errorOf(await ask(gateway, body));
    expect(error).toMatchObject({ code: 404, availability: { code: 'constraint_filtered', retryable: false } });
    expect(error.availability?.['excluded_by']).toContain(excludedBy);
  });
});

describe('allow_fallbacks', () => {
  test('false: the top endpoint’s error comes back, and nothing else is tried', async () => {
    const response = await ask(gateway, request({ allow_fallbacks: false, order: ['cheap'] }, 'lab/broken'));
    const id = response.headers.get('x-generation-id') ?? '';
    const error = await errorOf(response);
    expect(error).toMatchObject({ code: 502, metadata: { provider_name: 'cheap' } });
    expect((await generationOf(gateway, id)).provider_responses).toHaveLength(1);
  });

  test('absent: what order does not list follows', async () => {
    const whole = await wholeOf(await ask(gateway, request({ order: ['cheap'] }, 'lab/broken2')));
    expect(whole.provider).toBe('Dear & Co');
    const tried = (await generationOf(gateway, whole.id)).provider_responses.map((attempt) => attempt.provider_name);
    expect(tried).toEqual(['cheap', 'Dear & Co']);
  });
});

describe('without preferences', () => {
  const DRAWS = 420;

  test('each answers in proportion to 1/price²', async () => {
    const answered = { cheap: 0, middle: 0, dear: 0 };
    for (let i = 0; i < DRAWS; i += 20) {
      const answers = Array.from({ length: 20 }, async () => wholeOf(await ask(gateway, request({}))));
      for (const { provider } of await Promise.all(answers)) answered[hostOf(provider)]++;
    }
    // 16 : 4 : 1. Each bound is more than four standard deviations away.
    expect(answered.cheap).toBeWithin(DRAWS * 0.67, DRAWS * 0.85);
    expect(answered.middle).toBeWithin(DRAWS * 0.1, DRAWS * 0.28);
    expect(answered.dear).toBeWithin(1, DRAWS * 0.1);
  });
});
