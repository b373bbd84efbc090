import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { loadCatalog } from '../../catalog/load.ts';
import type { Modality } from '../../catalog/model.ts';
import type { Demand } from '../../core/demand.ts';
import { type AutoInput, chooseAuto, NO_MODELS_MATCH, noAutoModels } from './choose-auto.ts';
import { classifyTask } from './classify.ts';
import { COST_TIERS, type CostTier, parseAutoOptions } from './options.ts';
import { autoPoolOf, type ServedModel, tierOf } from './pool.ts';
import { TASK_KINDS, type TaskKind } from './task.ts';
import { servedModel, type TestModel, testDemand, testInput } from './test-models.ts';

const options = (plugin: Parameters<typeof parseAutoOptions>[0]) => parseAutoOptions(plugin, 'plugins[0]');
const task = (kind: TaskKind) => ({ kind, scores: { [kind]: 3 }, reasons: ['"words"'] });
const chosen = (models: readonly TestModel[], input: Partial<AutoInput> = {}) =>
  chooseAuto(testInput(models, input))?.models ?? [];

/** Ten models, a price apart: two in each tier. */
const LADDER: readonly TestModel[] = Array.from({ length: 10 }, (_, at) => ({
  id: `author${at}/model-${at}`,
  usd: at + 1,
  createdSeconds: 1_790_000_000 - at,
}));

describe('cost tiers', () => {
  test.each<[CostTier, readonly string[]]>([
    ['low', ['author0/model-0', 'author1/model-1']],
    ['medium', ['author2/model-2', 'author3/model-3']],
    ['high', ['author4/model-4', 'author5/model-5']],
    ['xhigh', ['author6/model-6', 'author7/model-7']],
    ['max', ['author8/model-8', 'author9/model-9']],
  ])('%s', (cost_tier, models) => {
    const choice = chooseAuto(testInput(LADDER, { options: options({ cost_tier }) }));
    expect(choice).toMatchObject({ tier: cost_tier, band: cost_tier, models });
  });

  test('low is the default, and the tier comes before the older dial', () => {
    expect(chosen(LADDER)).toEqual(chosen(LADDER, { options: options({ cost_tier: 'low' }) }));
    expect(chosen(LADDER, { options: options({ cost_tier: 'max', cost_quality_tradeoff: 10 }) })[0]).toBe(
      'author8/model-8',
    );
  });

  test.each([
    [10, 'low', 1],
    [9, 'low', 2],
    [5, 'high', 5],
    [0, 'max', 9],
  ] as const)('the older dial at %p is a ceiling on the price', (cost_quality_tradeoff, tier, count) => {
    const choice = chooseAuto(testInput(LADDER, { options: options({ cost_quality_tradeoff }) }));
    expect(choice).toMatchObject({ tier, band: tier });
    expect(choice?.considered).toHaveLength(count);
  });

  test('nothing able in the band: the nearest cheaper one, then the nearest dearer one', () => {
    const left = (...places: readonly number[]) => ({
      options: options({ cost_tier: 'high' as const }),
      admits: ({ modelId }: { readonly modelId: string }) => places.some((at) => modelId.endsWith(`-${at}`)),
    });
    expect(chooseAuto(testInput(LADDER, left(0, 3, 6)))).toMatchObject({ band: 'medium', models: ['author3/model-3'] });
    expect(chooseAuto(testInput(LADDER, left(0, 6)))).toMatchObject({ band: 'low', models: ['author0/model-0'] });
    expect(chooseAuto(testInput(LADDER, left(6, 9)))).toMatchObject({ band: 'xhigh', models: ['author6/model-6'] });
    expect(chooseAuto(testInput(LADDER, left(6, 9)))?.reasons).toContain(
      'No model of cost tier high is left; 1 model of the nearest, xhigh, can serve it.',
    );
  });

  test('models of one price are of one tier', () => {
    const twins = Array.from({ length: 9 }, (_, at) => ({ id: `a${at}/m`, usd: 1 }));
    const { models } = autoPoolOf([...twins, { id: 'b/m', usd: 5 }].map(servedModel));
    expect(models.map(({ percentile }) => percentile)).toEqual([...Array(9).fill(0), 90]);
  });

  test('an operator’s unpriced model is of the lowest tier; a :free variant is the last resort', () => {
    const models = [
      ...LADDER,
      { id: 'own/model', usd: 0, createdSeconds: 1_790_000_001 },
      { id: 'x/trial:free', usd: 0 },
    ];
    expect(chosen(models)).toEqual(['own/model', 'author0/model-0', 'author1/model-1']);
    const admits = ({ modelId }: { readonly modelId: string }) => modelId === 'x/trial:free';
    expect(chooseAuto(testInput(models, { admits }))).toMatchObject({ band: 'trial', models: ['x/trial:free'] });
    expect(chosen(models, { options: options({ allowed_models: ['*:free'] }) })).toEqual(['x/trial:free']);
  });
});

describe('order within the band', () => {
  const first = (kind: TaskKind, models: readonly TestModel[], demand: Partial<Demand> = {}) =>
    chosen(models, { task: task(kind), demand: testDemand(demand) })[0];

  test('what the task is asks for', () => {
    const reasons = { id: 'a/thinker', reasons: true };
    expect(first('math', [reasons, { id: 'b/plain' }])).toBe('a/thinker');
    expect(first('code', [{ id: 'a/general' }, { id: 'b/big-coder' }])).toBe('b/big-coder');
    expect(first('chat', [{ id: 'a/general' }, { id: 'b/big-coder', context: 900_000 }])).toBe('a/general');
    expect(
      first('long_context', [
        { id: 'a/short', reasons: true },
        { id: 'b/long', context: 1_000_000 },
      ]),
    ).toBe('b/long');
    expect(first('extraction', [{ id: 'a/loose', parameters: ['tools'] }, { id: 'b/strict' }])).toBe('b/strict');
    expect(
      first('writing', [
        { id: 'a/terse', output: 4000 },
        { id: 'b/eloquent', output: 128_000 },
      ]),
    ).toBe('b/eloquent');
    expect(first('roleplay', [{ id: 'a/general' }, { id: 'sao10k/bard' }])).toBe('sao10k/bard');
  });

  test('a request that turns reasoning on prefers models that reason', () => {
    const models = [
      { id: 'a/plain', context: 1_000_000, output: 128_000 },
      { id: 'b/thinker', reasons: true },
    ];
    expect(first('chat', models)).toBe('a/plain');
    expect(first('chat', models, { parameters: ['reasoning'] })).toBe('b/thinker');
  });

  test('newer, then more widely served, then cheaper, then by id', () => {
    const day = 86_400;
    expect(first('chat', [{ id: 'a/old', createdSeconds: 1_790_000_000 - 400 * day }, { id: 'b/new' }])).toBe('b/new');
    expect(first('chat', [{ id: 'a/rare' }, { id: 'b/wide', hosts: 8 }])).toBe('b/wide');
    expect(
      first('chat', [
        { id: 'b/one', usd: 0 },
        { id: 'a/two', usd: 0 },
      ]),
    ).toBe('a/two');
    const cheaper = [
      { id: 'a/dear', usd: 1.1 },
      { id: 'b/cheap', usd: 1 },
      ...LADDER.map((each) => ({ ...each, usd: 9 })),
    ];
    expect(first('chat', cheaper)).toBe('b/cheap');
  });

  test('fallbacks come from other authors while there are any', () => {
    const models = ['a/1', 'a/2', 'a/3', 'b/1', 'c/1', 'c/2'].map((id) => ({ id, usd: 0 }));
    expect(chosen(models)).toEqual(['a/1', 'b/1', 'c/1', 'a/2']);
  });

  test('models for one thing serve nothing else, unless they are named or nobody else is left', () => {
    const models = [
      { id: 'a/general' },
      { id: 'b/llama-guard-8b' },
      { id: 'c/spark-contributor' },
      { id: 'd/x-coder' },
    ];
    const choice = chooseAuto(testInput(models));
    expect(choice?.models).toEqual(['a/general']);
    expect(choice?.excluded).toEqual([
      { id: 'b/llama-guard-8b', because: 'made for something else' },
      { id: 'c/spark-contributor', because: 'its maker may train on what is sent' },
    ]);
    expect(chosen(models, { options: options({ allowed_models: ['b/llama-guard-8b'] }) })).toEqual([
      'b/llama-guard-8b',
    ]);
    expect(chosen(models, { options: options({ allowed_models: ['b/*', 'd/*'] }) })).toEqual(['d/x-coder']);
    expect(chosen(models, { options: options({ allowed_models: ['b/*', 'c/*'] }) })).toEqual([]);
  });

  test('models that make images are kept for requests for images', () => {
    const painter: TestModel = { id: 'a/painter', outputs: ['text', 'image'] };
    expect(chosen([painter, { id: 'b/plain' }])).toEqual(['b/plain']);
    const demand = testDemand({ outputModalities: ['image', 'text'] });
    expect(chosen([painter, { id: 'b/plain' }], { task: task('image'), demand })).toEqual(['a/painter']);
  });
});

describe('what a request needs', () => {
  const able = (demand: Partial<Demand>, more: Partial<AutoInput> = {}) => {
    const models: readonly TestModel[] = [
      { id: 'a/all', inputs: ['text', 'image', 'file'], usd: 9 },
      { id: 'b/bare', parameters: [] },
      { id: 'c/json', parameters: ['response_format'] },
      { id: 'd/short', context: 4000, output: 1000 },
    ];
    const input = testInput(models, { demand: testDemand(demand), ...more });
    return input.pool.models
      .map(({ id }) => id)
      .filter((id) => chooseAuto({ ...input, options: options({ allowed_models: [id] }) }) !== null);
  };

  test.each<[string, Partial<Demand>, readonly string[]]>([
    ['nothing', {}, ['a/all', 'b/bare', 'c/json', 'd/short']],
    ['tools', { hasTools: true }, ['a/all', 'd/short']],
    ['a schema', { parameters: ['structured_outputs'] }, ['a/all', 'd/short']],
    ['JSON', { parameters: ['response_format', 'seed'] }, ['a/all', 'c/json', 'd/short']],
    ['images', { inputModalities: ['image'] }, ['a/all']],
    ['files', { inputModalities: ['file'] }, ['a/all']],
    ['room', { promptTokensEstimate: 3500, maxOutputTokens: 600 }, ['a/all', 'b/bare', 'c/json']],
    ['a long answer', { maxOutputTokens: 1001 }, ['a/all', 'b/bare', 'c/json']],
    ['sound', { outputModalities: ['audio'] }, []],
  ])('%s', (_, demand, ids) => {
    expect(able(demand)).toEqual([...ids]);
  });

  test('files that are read for the model, and prompts that are fitted to it', () => {
    expect(able({ inputModalities: ['file'] }, { readsFiles: true })).toHaveLength(4);
    expect(able({ promptTokensEstimate: 8000 }, { fitsPrompt: true })).toContain('d/short');
    expect(able({ promptTokensEstimate: 8001 }, { fitsPrompt: true })).not.toContain('d/short');
  });

  test('one endpoint must do it all, at the standard tier', () => {
    const { model, endpoints } = servedModel({ id: 'a/split', hosts: 2, inputs: ['text', 'image'] });
    const [seeing, calling] = endpoints;
    if (!seeing || !calling) throw new Error('two endpoints');
    const split: ServedModel = {
      model,
      endpoints: [
        { ...seeing, supportedParameters: [] },
        { ...calling, inputModalities: ['text'] },
      ],
    };
    const demand = testDemand({ hasTools: true, inputModalities: ['image'] });
    expect(chooseAuto(testInput([], { pool: autoPoolOf([split]), demand }))).toBeNull();
    expect(chooseAuto(testInput([], { pool: autoPoolOf([{ model, endpoints }]), demand }))).not.toBeNull();
    const flex = endpoints.map((endpoint) => ({ ...endpoint, serviceTier: 'flex' as const }));
    expect(autoPoolOf([{ model, endpoints: flex }]).models).toEqual([]);
  });

  test('a length that nobody said excludes nothing', () => {
    const { model, endpoints } = servedModel({ id: 'a/own', context: 8192 });
    const assumed = endpoints.map((endpoint) => ({ ...endpoint, contextIsAssumed: true }));
    const demand = testDemand({ promptTokensEstimate: 50_000 });
    expect(chooseAuto(testInput([], { pool: autoPoolOf([{ model, endpoints: assumed }]), demand }))).not.toBeNull();
    expect(chooseAuto(testInput([], { pool: autoPoolOf([{ model, endpoints }]), demand }))).toBeNull();
  });
});

describe('a conversation keeps its model', () => {
  const dear = 'author9/model-9';

  test('of the session, whatever its price', () => {
    const choice = chooseAuto(testInput(LADDER, { stickyModel: dear }));
    expect(choice?.models).toEqual([dear, 'author0/model-0', 'author1/model-1']);
    expect(choice?.reasons).toContain(`the session keeps its model, ${dear}.`);
  });

  test('of the last answer where pin_model says so, before the session’s', () => {
    const input = { lastModel: dear, stickyModel: 'author5/model-5' };
    expect(chosen(LADDER, { ...input, options: options({ pin_model: true }) })[0]).toBe(dear);
    expect(chosen(LADDER, { ...input, options: options({}) })[0]).toBe('author5/model-5');
    expect(chosen(LADDER, { lastModel: '', options: options({ pin_model: true }) })[0]).toBe('author0/model-0');
  });

  test('not one that is excluded, unable or gone; the reason is said', () => {
    const said = (input: Partial<AutoInput>) => chooseAuto(testInput(LADDER, input))?.reasons.join(' ');
    expect(said({ stickyModel: dear, options: options({ excluded_models: ['author9/*'] }) })).toContain(
      `${dear} is not kept: in excluded_models.`,
    );
    expect(said({ stickyModel: dear, admits: ({ modelId }) => modelId !== dear })).toContain('your settings leave no');
    expect(said({ lastModel: 'old/gone', options: options({ pin_model: true }) })).toContain('not served here');
    const both = chooseAuto(
      testInput(LADDER, { lastModel: 'old/gone', stickyModel: dear, options: options({ pin_model: true }) }),
    );
    expect(both?.models[0]).toBe(dear);
  });
});

describe('nothing is left', () => {
  test('is null, and an error in OpenRouter’s words with what left out how many', () => {
    const input = testInput(LADDER, { options: options({ allowed_models: ['author0/*'], excluded_models: ['*-0'] }) });
    expect(chooseAuto(input)).toBeNull();
    const error = noAutoModels('openrouter/auto', input);
    expect(error.status).toBe(404);
    expect(error.message).toBe('No models match your request and model restrictions');
    expect(error.details.availability).toMatchObject({
      code: 'constraint_filtered',
      requested_models: ['openrouter/auto'],
      constraint: { field: 'model', detail: '9 × not in allowed_models; 1 × in excluded_models' },
    });
  });

  test('where nothing is served at all, too', () => {
    expect(chooseAuto(testInput([]))).toBeNull();
    expect(noAutoModels('openrouter/auto', testInput([]))).toMatchObject({
      message: NO_MODELS_MATCH,
      details: { availability: { code: 'no_endpoints' } },
    });
  });
});

describe('any models and requests', () => {
  const anyModel = fc.record({
    id: fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9)).map(([author, at]) => `${author}/model-${at}`),
    usd: fc.constantFrom(0, 0.1, 0.5, 1, 2, 5, 10),
    createdSeconds: fc.integer({ min: 1_700_000_000, max: 1_790_000_000 }),
    context: fc.constantFrom(4000, 32_000, 1_000_000),
    output: fc.constantFrom(null, 2000, 64_000),
    inputs: fc.subarray<Modality>(['text', 'image', 'file']).map((inputs): readonly Modality[] => ['text', ...inputs]),
    parameters: fc.subarray(['tools', 'structured_outputs', 'response_format']),
    reasons: fc.boolean(),
  });
  const anyModels = fc.uniqueArray(anyModel, { selector: ({ id }) => id, maxLength: 20 });
  const anyDemand = fc.record({
    hasTools: fc.boolean(),
    parameters: fc.subarray(['structured_outputs', 'response_format', 'reasoning', 'seed']),
    inputModalities: fc.subarray(['image', 'file'] as const),
    promptTokensEstimate: fc.constantFrom(10, 5000, 100_000),
    maxOutputTokens: fc.constantFrom(null, 1000, 10_000),
  });
  const pattern = fc.constantFrom('a/*', 'b/*', '*-1', '*-2*', 'c/model-3', '*');
  const anyPlugin = fc.record(
    {
      allowed_models: fc.array(pattern, { maxLength: 3 }),
      excluded_models: fc.array(pattern, { maxLength: 2 }),
      cost_tier: fc.constantFrom(...COST_TIERS),
    },
    { requiredKeys: [] },
  );
  const anyCase = fc.record({
    models: anyModels,
    demand: anyDemand,
    plugin: anyPlugin,
    kind: fc.constantFrom(...TASK_KINDS),
    sticky: fc.option(fc.constantFrom('a/model-1', 'b/model-2')),
  });

  /** What the test itself says a model can do. */
  const can = (model: TestModel, demand: Partial<Demand>) => {
    const { parameters = [], inputs = [], context = 0, output } = model;
    const asks = demand.parameters ?? [];
    const limit = demand.maxOutputTokens ?? 0;
    return (
      (!demand.hasTools || parameters.includes('tools')) &&
      (!asks.includes('structured_outputs') || parameters.includes('structured_outputs')) &&
      (!asks.includes('response_format') || parameters.some((each) => each !== 'tools')) &&
      (demand.inputModalities ?? []).every((input) => inputs.includes(input)) &&
      (demand.promptTokensEstimate ?? 0) + limit <= context &&
      (output === null || output === undefined || limit <= output)
    );
  };
  const listed = (patterns: readonly string[], id: string) =>
    patterns.some((each) => new RegExp(`^${each.replaceAll('*', '.*')}$`).test(id));

  test('able, allowed, of the right price, best first, and always the same', () => {
    fc.assert(
      fc.property(anyCase, ({ models, demand, plugin, kind, sticky }) => {
        const input = testInput(models, {
          demand: testDemand(demand),
          options: options(plugin),
          task: task(kind),
          stickyModel: sticky,
        });
        const { allowed_models: allowed = [], excluded_models: excluded = [] } = plugin;
        const may = models.filter(
          (model) =>
            can(model, demand) && (allowed.length === 0 || listed(allowed, model.id)) && !listed(excluded, model.id),
        );
        const choice = chooseAuto(input);
        expect(choice === null).toBe(may.length === 0);
        if (choice === null) return;

        const ids = new Set(may.map(({ id }) => id));
        expect(choice.models.length).toBeGreaterThan(0);
        expect(choice.models.length).toBeLessThanOrEqual(4);
        expect(new Set(choice.models).size).toBe(choice.models.length);
        for (const id of choice.models) expect(ids).toContain(id);
        expect(choice.excluded.length + may.length).toBe(models.length);

        // Prices: the asked band if anybody able is in it, and only that one.
        const paid = models.filter(({ usd = 0 }) => usd > 0);
        const placeOf = ({ usd = 0 }: TestModel) =>
          usd === 0 ? 0 : (100 * paid.filter((other) => (other.usd ?? 0) < usd).length) / paid.length;
        const tiers = new Map(may.map((model) => [model.id, tierOf(placeOf(model))]));
        const asked = plugin.cost_tier ?? 'low';
        if ([...tiers.values()].includes(asked)) expect(choice.band).toBe(asked);
        for (const { id } of choice.considered) expect(tiers.get(id) ?? 'none').toBe(choice.band);
        const kept = sticky !== null && ids.has(sticky) ? sticky : null;
        for (const id of choice.models) if (id !== kept) expect(tiers.get(id) ?? 'none').toBe(choice.band);
        expect(choice.models[0] ?? '').toBe(kept ?? choice.considered[0]?.id ?? '?');
        const scores = choice.considered.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));

        expect(
          chooseAuto(
            testInput([...models].reverse(), { ...input, pool: autoPoolOf([...models].reverse().map(servedModel)) }),
          ),
        ).toEqual(choice);
      }),
      { numRuns: 300 },
    );
  });
});

describe('over the catalogue', () => {
  const catalog = loadCatalog();
  const pool = autoPoolOf(
    [...catalog.models.values()].map((model) => ({ model, endpoints: catalog.endpointsByModel.get(model.id) ?? [] })),
  );
  const prompts: readonly (readonly [string, Partial<Demand>])[] = [
    ['What is the capital of France?', {}],
    ['Fix this bug in my python code', {}],
    ['Solve for x: 3x + 5 = 20', {}],
    ['go on', { hasTools: true, parameters: ['tools'] }],
    ['Name and date as JSON', { parameters: ['structured_outputs'] }],
    ['What is in this picture?', { inputModalities: ['image'] }],
    ['Summarize', { promptTokensEstimate: 300_000 }],
  ];

  test('a fifth of the paid models is in each tier', () => {
    const paid = pool.models.filter(({ isFree }) => !isFree);
    for (const tier of COST_TIERS) {
      const share = paid.filter(({ percentile }) => tierOf(percentile) === tier).length / paid.length;
      expect(`${tier} ${share > 0.15 && share < 0.25}`).toBe(`${tier} true`);
    }
  });

  test('every tier has a model with fallbacks for common requests, for general use and of the tier', () => {
    for (const [prompt, demand] of prompts) {
      const whole = testDemand(demand);
      const classified = classifyTask({ system: '', first: prompt, last: prompt, lastModel: '' }, whole);
      for (const costTier of COST_TIERS) {
        const input = testInput([], { pool, demand: whole, task: classified, options: { pinModel: false, costTier } });
        const choice = chooseAuto(input);
        expect(choice).toMatchObject({ band: costTier });
        expect(choice?.models).toHaveLength(4);
        for (const id of choice?.models ?? []) expect(['general', 'code']).toContain(pool.byId.get(id)?.purpose ?? '');
      }
    }
  });

  test('dearer tiers choose dearer models', () => {
    const prices = COST_TIERS.map((costTier) => {
      const [id = ''] = chooseAuto(testInput([], { pool, options: { pinModel: false, costTier } }))?.models ?? [];
      return pool.byId.get(id)?.blendedUsd ?? 0;
    });
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    expect(prices.every((price) => price > 0)).toBe(true);
  });

  test('embeddings, routers and models without an endpoint are not in the pool', () => {
    for (const { id } of pool.models) {
      expect(catalog.models.get(id)?.router ?? false).toBe(false);
      expect(catalog.models.get(id)?.outputModalities).toContain('text');
    }
    expect(autoPoolOf([{ ...servedModel({ id: 'a/none' }), endpoints: [] }]).models).toEqual([]);
  });
});
