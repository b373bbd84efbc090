/** Service tiers: which offers have one, at what price, and that a refresh keeps telling them apart. */
import { describe, expect, test } from 'bun:test';
import { diffRows } from '../diff.ts';
import { inServiceTier } from '../from-rows.ts';
import { importModelsDev } from '../import-models-dev.ts';
import { builtInRows, layRows, loadCatalog, storedAfter } from '../load.ts';
import { priceAt } from '../price.ts';
import { type EndpointRow, parseCatalogRows } from '../rows.ts';

type Members = Readonly<Record<string, unknown>>;

const offer = (id: string, more: Members = {}): Members => ({
  id,
  name: id,
  tool_call: true,
  release_date: '2026-01-02',
  modalities: { input: ['text'], output: ['text'] },
  open_weights: true,
  limit: { context: 1_000_000, input: 900_000, output: 100 },
  cost: { input: 2, output: 10, cache_read: 0.2 },
  ...more,
});
const fast = (cost: Members, body: Members = { service_tier: 'priority' }): Members => ({
  experimental: { modes: { fast: { cost, provider: { body } } } },
});

function take(provider: string, ...offers: readonly Members[]) {
  const models = Object.fromEntries(offers.map((each) => [String(each['id']), each]));
  const { rows, leftOut } = importModelsDev({ [provider]: { models } });
  expect(parseCatalogRows(rows)).toEqual(rows);
  const tiers = rows.endpoints.filter(({ tier }) => tier);
  return { rows, leftOut, tiers };
}

describe('a mode of models.dev', () => {
  test('is an endpoint of its own: what it does not name costs what it costs in the standard tier', () => {
    const { rows, tiers } = take('openai', offer('m', fast({ input: 4, output: 20 })));
    expect(rows.endpoints.map(({ tier }) => tier)).toEqual([undefined, 'priority']);
    expect(tiers).toMatchObject([
      {
        model: 'openai/m',
        provider: 'openai',
        upstream: 'm',
        tier: 'priority',
        context: 1_000_000,
        input: 900_000,
        price: { prompt: '0.000004', completion: '0.00002', input_cache_read: '0.0000002' },
      },
    ]);
    expect(tiers[0]).not.toHaveProperty('source');
  });

  test('costs more for long prompts by the factor of the standard tier, unless it has steps of its own', () => {
    const steps = [{ tier: { type: 'context', size: 200_000 }, input: 4, output: 15, cache_read: 0.4 }];
    const cost = { input: 2, output: 10, cache_read: 0.2, tiers: steps };
    const { tiers } = take('openai', offer('m', { cost, ...fast({ input: 4, output: 30 }) }));
    expect(tiers[0]?.overrides).toEqual([
      {
        minPromptTokens: 200_000,
        price: { prompt: '0.000008', completion: '0.000045', input_cache_read: '0.0000004' },
      },
    ]);
    const own = [{ tier: { type: 'context', size: 300_000 }, input: 9, output: 31 }];
    const stepped = take('openai', offer('m', { cost, ...fast({ input: 4, output: 30, tiers: own }) }));
    expect(stepped.tiers[0]?.overrides).toEqual([
      { minPromptTokens: 300_000, price: { prompt: '0.000009', completion: '0.000031' } },
    ]);
  });

  test('keeps Claude’s one-hour writes at twice its own input', () => {
    const cost = { input: 5, output: 25, cache_read: 0.5, cache_write: 6.25 };
    const mode = fast({ input: 10, output: 50, cache_read: 1, cache_write: 12.5 }, { speed: 'fast' });
    const { tiers } = take('anthropic', offer('claude-opus-5', { cost, ...mode }));
    expect(tiers[0]?.price).toEqual({
      prompt: '0.00001',
      completion: '0.00005',
      input_cache_read: '0.000001',
      input_cache_write: '0.0000125',
      input_cache_write_1h: '0.00002',
    });
  });

  test.each<[string, Members]>([
    ['another speed', fast({ input: 9, output: 30 }, { service_tier: 'ultrafast' })],
    ['no price', { experimental: { modes: { fast: { provider: { body: { service_tier: 'priority' } } } } } }],
    ['something else', fast({ input: 9, output: 30 }, { reasoning: { mode: 'pro' } })],
    ['a shape nobody knows', { experimental: { modes: [{ cost: 1 }] } }],
    ['no cost at all', { cost: { input: 0, output: 0 }, ...fast({ input: 9, output: 30 }) }],
  ])('is no tier where it is %s', (_, more) => {
    expect(take('openai', offer('m', more)).tiers).toEqual([]);
  });

  test('is not believed of a host that copies its maker’s row', () => {
    const copied = offer('databricks-gpt-9', { canonical_model_id: 'openai/gpt-9', ...fast({ input: 4, output: 20 }) });
    expect(take('databricks', copied).rows.endpoints.map(({ tier }) => tier)).toEqual([undefined]);
  });

  test('below the standard price is left out, and said', () => {
    const { tiers, leftOut } = take('openai', offer('m', fast({ input: 1, output: 20 })));
    expect(tiers).toEqual([]);
    expect(leftOut).toMatchObject([{ offer: 'openai/m', reason: expect.stringContaining('below the standard') }]);
  });

  test('has the further names of the model', () => {
    const { rows, tiers } = take(
      'openai',
      offer('gpt-9', fast({ input: 4, output: 20 })),
      offer('gpt-9-latest', { canonical_model_id: 'openai/gpt-9', ...fast({ input: 4, output: 20 }) }),
    );
    expect(rows.endpoints.find(({ tier }) => !tier)?.aka).toEqual(['gpt-9-latest']);
    expect(tiers).toHaveLength(1);
    expect(tiers[0]).toMatchObject({ upstream: 'gpt-9', aka: ['gpt-9-latest'] });
  });
});

describe('the built-in tiers', () => {
  const catalog = loadCatalog();
  const endpoint = (id: string) => {
    const found = catalog.endpoints.find((each) => each.id === id);
    if (!found) throw new Error(`no endpoint ${id}`);
    return found;
  };
  const priceOf = (id: string, promptTokens = 1) => priceAt(endpoint(id).pricing, { promptTokens, nowMs: 0 });

  test('have ids, tags and tiers of their own', () => {
    const found = endpoint('openai/priority|openai/gpt-5.4');
    expect(found).toMatchObject({ tag: 'openai/priority', serviceTier: 'priority', upstreamModel: 'gpt-5.4' });
    expect(endpoint('openai|openai/gpt-5.4')).not.toHaveProperty('serviceTier');
    for (const each of catalog.endpoints) {
      expect(`${each.id} ${each.tag.endsWith(`/${each.serviceTier}`)}`).toBe(
        `${each.id} ${each.serviceTier !== undefined}`,
      );
    }
  });

  test('stand beside a standard endpoint, which comes first and is no dearer than priority, no cheaper than flex', () => {
    const tiers = catalog.endpoints.filter(({ serviceTier }) => serviceTier);
    expect(tiers.filter(({ serviceTier }) => serviceTier === 'priority').length).toBeGreaterThan(25);
    expect(tiers.filter(({ serviceTier }) => serviceTier === 'flex').length).toBeGreaterThan(25);
    for (const each of tiers) {
      const siblings = catalog.endpointsByModel.get(each.modelId) ?? [];
      const [standard] = siblings.filter(({ providerId }) => providerId === each.providerId);
      if (!standard) throw new Error(each.id);
      expect(standard.serviceTier).toBeUndefined();
      expect(standard.upstreamModel).toBe(each.upstreamModel);
      const [dear, cheap] = each.serviceTier === 'priority' ? [each, standard] : [standard, each];
      for (const axis of ['prompt', 'completion', 'inputCacheRead', 'inputCacheWrite'] as const) {
        expect((dear.pricing[axis] ?? 0n) >= (cheap.pricing[axis] ?? 0n)).toBe(true);
      }
    }
  });

  test('cost what OpenAI’s page lists, long prompts too', () => {
    expect(priceOf('openai/priority|openai/gpt-5.6-sol')).toMatchObject({
      prompt: 8_000_000n,
      completion: 40_000_000n,
    });
    expect(priceOf('openai/priority|openai/gpt-5.6-sol', 300_000)).toMatchObject({
      prompt: 16_000_000n,
      completion: 60_000_000n,
      inputCacheRead: 1_600_000n,
      inputCacheWrite: 20_000_000n,
    });
    expect(priceOf('openai/flex|openai/gpt-5.5', 300_000)).toMatchObject({
      prompt: 5_000_000n,
      completion: 22_500_000n,
    });
    expect(priceOf('openai/priority|openai/gpt-4o')).toMatchObject({ prompt: 4_250_000n, inputCacheRead: 2_125_000n });
    expect(endpoint('openai/flex|openai/o3').source).toEqual({
      name: 'developers.openai.com/api/docs/pricing',
      date: '2026-09-03',
    });
  });

  test('that serve short prompts only say so', () => {
    for (const id of [
      'openai/priority|openai/gpt-5.5',
      'openai/priority|openai/gpt-5.4',
      'openai/flex|openai/gpt-5.5-pro',
    ]) {
      expect(endpoint(id)).toMatchObject({ maxPromptTokens: 272_000, pricing: { overrides: [] } });
    }
  });

  test('halve Gemini’s tokens, not its cached ones', () => {
    const [flex, standard] = ['/flex', ''].map((tier) =>
      priceOf(`google-ai-studio${tier}|google/gemini-2.5-pro`, 300_000),
    );
    expect(flex?.prompt).toBe((standard?.prompt ?? 0n) / 2n);
    expect(flex?.completion).toBe((standard?.completion ?? 0n) / 2n);
    expect(flex?.inputCacheRead).toBe(standard?.inputCacheRead);
  });

  test('are named by no other tag when an operator puts an endpoint into a tier', () => {
    const standard = endpoint('openai|openai/gpt-5.4');
    const flex = inServiceTier(standard, 'flex');
    expect(flex).toMatchObject({ id: 'openai/flex|openai/gpt-5.4', tag: 'openai/flex', serviceTier: 'flex' });
    expect(inServiceTier(flex, 'flex')).toBe(flex);
    expect(inServiceTier(flex, 'priority').id).toBe('openai/priority|openai/gpt-5.4');
    expect(inServiceTier({ ...standard, id: 'lab/turbo|a/b', tag: 'lab/turbo', modelId: 'a/b' }, 'flex').id).toBe(
      'lab/turbo/flex|a/b',
    );
  });
});

describe('a refresh', () => {
  const before = take('openai', offer('m', fast({ input: 4, output: 20 }))).rows;

  test('shows a tier’s price and the standard one apart', () => {
    const after = take('openai', offer('m', fast({ input: 5, output: 20 }))).rows;
    expect(diffRows(before, after)).toMatchObject({
      addedEndpoints: [],
      removedEndpoints: [],
      changed: [
        {
          endpoint: 'openai/priority|openai/m',
          changes: [{ field: 'price.prompt', from: '0.000004', to: '0.000005', ratio: 0.25 }],
        },
      ],
    });
    const gone = take('openai', offer('m')).rows;
    expect(diffRows(before, gone).removedEndpoints).toEqual(['openai/priority|openai/m']);
    expect(diffRows(gone, before).addedEndpoints).toEqual(['openai/priority|openai/m']);
  });

  test('replaces a provider’s tiers with its other endpoints, and keeps them over another refresh', () => {
    const stored = storedAfter(undefined, before);
    const rowsOf = (rows: readonly EndpointRow[]) => rows.filter(({ provider }) => provider === 'openai').length;
    expect(rowsOf(layRows(builtInRows(), stored).endpoints)).toBe(2);
    const catalog = loadCatalog(storedAfter(stored, take('mistral', offer('n')).rows));
    expect(
      catalog.endpoints
        .filter(({ providerId, outputModalities }) => providerId === 'openai' && outputModalities.includes('text'))
        .map(({ id }) => id),
    ).toEqual(['openai|openai/m', 'openai/priority|openai/m']);
  });
});
