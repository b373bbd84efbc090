import { expect, test } from 'bun:test';
import { importOpenRouterModels } from './import-openrouter-models.ts';
import { parseCatalogRows } from './rows.ts';

const listed = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  id,
  canonical_slug: id,
  name: `Lab: ${id}`,
  created: 1_767_312_000,
  context_length: 1000,
  architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'], modality: 'text+image->text' },
  pricing: { prompt: '0.000001', completion: '0.000002', request: '0', web_search: '0.01' },
  top_provider: { context_length: 1000, max_completion_tokens: 100, is_moderated: false },
  supported_parameters: ['tools', 'temperature', 'reasoning'],
  ...more,
});
const take = (...rows: readonly unknown[]) => importOpenRouterModels({ data: rows }, '2026-11-21', new Map());

test('a row becomes a model and its endpoint at OpenRouter', () => {
  const { rows } = take(listed('lab/one', { reasoning: { mandatory: true, supported_efforts: ['high', null] } }));
  expect(rows).toEqual({
    source: { name: 'OpenRouter /models', date: '2026-11-21' },
    models: [
      {
        id: 'lab/one',
        name: 'Lab: lab/one',
        released: '2026-01-02',
        in: ['text', 'image'],
        out: ['text'],
        tokenizer: 'Other',
        reasoning: { mandatory: true, default: true, efforts: ['high'], budget: false },
      },
    ],
    endpoints: [
      {
        model: 'lab/one',
        provider: 'openrouter',
        upstream: 'lab/one',
        context: 1000,
        output: 100,
        can: ['tools', 'reasoning', 'sampling'],
        price: { prompt: '0.000001', completion: '0.000002', web_search: '0.01' },
      },
    ],
  });
  expect(parseCatalogRows(rows)).toEqual(rows);
});

test('prices finer than the ledger round half up; conditions are kept', () => {
  const { rows } = take(
    listed('lab/fine', {
      pricing: {
        prompt: '0.0000000333333333333333333333333333333333333333',
        completion: '2.5e-7',
        overrides: [
          { min_prompt_tokens: 200_000, prompt: '0.0000005' },
          { utc_start: 100, utc_end: 400, utc_days: ['mon'], completion: '0.1' },
        ],
      },
    }),
  );
  expect(rows.endpoints[0]).toMatchObject({
    price: { prompt: '0.000000033333', completion: '0.00000025' },
    overrides: [
      { minPromptTokens: 200_000, price: { prompt: '0.0000005' } },
      { utcStart: 100, utcEnd: 400, utcDays: ['mon'], price: { completion: '0.1' } },
    ],
  });
});

test('routers have no price; aliases, strange ids and priceless rows stay out', () => {
  const { rows, leftOut } = take(
    listed('openrouter/auto', { pricing: { prompt: '-1', completion: '-1' } }),
    listed('~lab/one-latest'),
    listed('no-author'),
    listed('lab/unpriced', { pricing: {} }),
    listed('lab/video', { architecture: { input_modalities: ['text'], output_modalities: ['video'] } }),
  );
  expect(rows.models).toMatchObject([{ id: 'openrouter/auto', router: true, tokenizer: 'Router' }]);
  expect(rows.endpoints[0]?.price).toEqual({ prompt: '0', completion: '0' });
  expect(leftOut.map((each) => each.reason)).toEqual([
    'alias of another model',
    'no public id',
    'no price',
    'no chat, embeddings or rerank',
  ]);
});

test('what is known of a model stays; a new Claude gets its family’s exceptions', () => {
  const known = take(listed('lab/one')).rows.models;
  const again = importOpenRouterModels(
    { data: [listed('lab/one', { name: 'Renamed' }), listed('anthropic/claude-opus-5.5')] },
    '2026-11-22',
    new Map(known.map((each) => [each.id, each])),
  );
  expect(again.rows.models[0]).toEqual(known[0]);
  expect(again.rows.models[1]).toMatchObject({ limits: { sampling: false, prefill: false, forcedToolUse: false } });
});
