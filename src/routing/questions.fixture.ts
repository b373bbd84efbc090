/** Arbitrary questions to the planner: catalogues, wishes in up to three layers, health, clocks and seeds, of everything that a rule reads. */
import fc from 'fast-check';
import type { Endpoint, Modality } from '../catalog/model.ts';
import type { Demand, InputModality } from '../core/demand.ts';
import type { EndpointHealth } from '../core/health.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { PriceAxes, PriceOverride } from '../core/pricing.ts';
import { type Ask, type Host, NOW_MS, pico, steady } from './lab.fixture.ts';

const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'omega'] as const;
const PARAMETERS = ['tools', 'tool_choice', 'response_format', 'verbosity', 'temperature', 'seed'] as const;
const USD = [0, 0, 0.5, 1, 1, 2, 3, 12] as const;

/** An object with any of the members, or none. */
const some = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(members, { requiredKeys: [] });
const usd = fc.constantFrom(...USD);

const axes: fc.Arbitrary<Partial<PriceAxes>> = some({
  prompt: usd.map(pico),
  completion: usd.map(pico),
  request: usd.map(pico),
  inputCacheRead: usd.map(pico),
  inputCacheWrite: usd.map(pico),
});

const hhmm = fc
  .tuple(fc.constantFrom(0, 11, 12, 12, 13, 23), fc.constantFrom(0, 1, 10, 29, 30, 31, 59))
  .map(([hours, minutes]) => hours * 100 + minutes);

export const overridesOf = (most: number): fc.Arbitrary<readonly PriceOverride[]> =>
  fc.array(
    fc.record(
      {
        axes,
        minPromptTokens: fc.constantFrom(0, 599, 600, 1000, 1600, 1700, 3000),
        utcStart: hhmm,
        utcEnd: fc.oneof(hhmm, fc.constant(2400)),
        utcDays: fc.subarray(['fri', 'sat', 'sun'], { minLength: 1 }),
      },
      { requiredKeys: ['axes'] },
    ),
    { maxLength: most },
  );

/** Mostly the first: so few endpoints are kept out that plans are long, and so many that every rule has work. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const endpoint: fc.Arbitrary<Partial<Endpoint>> = some({
  contextLength: mostly(100_000, 500, 700, 2000),
  contextIsAssumed: fc.boolean(),
  maxPromptTokens: mostly(null, 400, 90_000),
  maxOutputTokens: fc.constantFrom(null, 100, 4000),
  quantization: fc.constantFrom(null, 'fp8', 'mxfp8', 'nvfp4', 'bf16'),
  supportedParameters: fc.subarray([...PARAMETERS]),
  inputModalities: mostly<readonly Modality[]>(['text', 'image', 'file'], ['text'], ['image', 'text', 'audio']),
  outputModalities: fc.constantFrom<readonly Modality[]>(['text'], ['text', 'image']),
  supportsImplicitCaching: fc.boolean(),
});

const health: fc.Arbitrary<Partial<EndpointHealth>> = some({
  latency: fc.constantFrom(null, steady(0.3), steady(2)),
  throughput: fc.constantFrom(null, steady(20), steady(80), { p50: 90, p75: 60, p90: 30, p99: 5 }),
  toolAnswers: fc.constantFrom(0, 30, 500),
  badToolAnswers: fc.constantFrom(0, 10, 30),
  attempts30m: fc.constantFrom(500, 800),
  successes30m: fc.constantFrom(400, 500),
});

type Naming = Pick<Host, 'variant' | 'tier'>;

const naming = fc.constantFrom<Naming>(
  {},
  {},
  {},
  { variant: 'turbo' },
  { variant: 'eu' },
  { tier: 'priority' },
  { tier: 'flex' },
  { variant: 'turbo', tier: 'priority' },
);

/** What decides an endpoint's place, and nothing that keeps it out. */
const ordinaryHost = {
  naming,
  name: fc.constantFrom(...NAMES),
  usd,
  weight: fc.constantFrom(1, 1, 3),
  health,
  state: fc.constantFrom('ready', 'ready', 'ready', 'outage', 'resting', 'key rests'),
} as const;

const oddHost = {
  ...ordinaryHost,
  prices: some({ completion: usd, request: usd, inputCacheRead: usd, inputCacheWrite: usd, internalReasoning: usd }),
  overrides: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: overridesOf(3) }),
  discount: mostly(0, 0.1, 0.5),
  endpoint,
  provider: some({
    training: fc.boolean(),
    retentionDays: fc.constantFrom(0, 0, 30, null),
    enforcesPolicy: fc.boolean(),
    writesCache: fc.boolean(),
  }),
  unsayable: mostly<readonly string[]>([], ['file'], ['chat']),
} as const;

const hostsOf = (host: fc.Arbitrary<Host & { readonly naming: Naming }>): fc.Arbitrary<readonly Host[]> =>
  fc.uniqueArray(
    host.map(({ naming: named, ...rest }) => ({ ...rest, ...named })),
    {
      minLength: 2,
      maxLength: 7,
      size: 'max',
      selector: ({ name, variant, tier }: Host) => `${name}/${variant}/${tier}`,
    },
  );

const ALL_SLUGS = [
  ...NAMES,
  ...[
    'ALPHA',
    ' beta ',
    'alpha/turbo',
    'beta/eu',
    'gamma/priority',
    'alpha/flex',
    'alpha/turbo/priority',
    'nobody',
    '',
  ],
];
const slug = fc.constantFrom(...ALL_SLUGS);
const slugs = fc.array(slug, { maxLength: 3 });
const amount = fc.constantFrom(0.5, '1', 1.5, '2.0', 3, 3, 100);
const percentiles = fc.constantFrom(50, { p50: 50 }, { p50: 50, p90: 40 }, { p99: 10 });

const taste = {
  order: slugs,
  allow_fallbacks: mostly(true, false),
  sort: fc.oneof(
    fc.constantFrom('price', 'throughput', 'latency', 'exacto'),
    some({ by: fc.constantFrom('price', 'throughput', 'latency'), partition: fc.constantFrom('model', 'none') }),
  ),
  preferred_min_throughput: percentiles,
  preferred_max_latency: fc.constantFrom(1, { p50: 1 }),
};

const policies = {
  only: fc.subarray(ALL_SLUGS, { minLength: 4 }),
  ignore: fc.array(slug, { maxLength: 2 }),
  require_parameters: mostly(false, true),
  data_collection: mostly('allow', 'deny'),
  zdr: mostly(false, true),
  enforce_distillable_text: mostly(false, true),
  quantizations: fc.subarray(['fp8', 'fp4', 'mxfp8', 'bf16', 'unknown'], { minLength: 2 }),
  max_price: some({ prompt: amount, completion: amount, request: amount }),
};

/** The `provider` object as a request may have it. */
export const wishes: fc.Arbitrary<JsonObject> = some<JsonObject>({ ...taste, ...policies });

/** A few at a time, so that plans have targets. */
const fewOf = (all: Readonly<Record<string, fc.Arbitrary<Json>>>): fc.Arbitrary<JsonObject> =>
  fc
    .subarray(Object.keys(all), { maxLength: 2 })
    .chain((keys) => fc.record(Object.fromEntries(keys.map((key) => [key, all[key] ?? fc.constant(null)]))));

const demandOf = {
  parameters: fc.subarray([...PARAMETERS]),
  hasTools: fc.boolean(),
  inputModalities: mostly<readonly InputModality[]>([], ['image'], ['file'], ['image', 'file']),
  outputModalities: mostly<readonly string[]>(['text'], ['text', 'image']),
  maxOutputTokens: fc.constantFrom(null, 50, 2000),
  promptTokensEstimate: mostly(1000, 0, 300, 5000),
  marksCache: fc.boolean(),
  serviceTier: mostly(null, 'flex', 'priority', 'fast', 'default'),
};

const variant = fc.constantFrom<Ask['variant']>(
  undefined,
  undefined,
  { sort: 'throughput', admits: 'priority' },
  { sort: 'price', admits: 'flex' },
  { sort: 'exacto' },
);

export interface AnyAsk extends Ask {
  readonly models: Readonly<Record<string, readonly Host[]>>;
  readonly defaults: readonly JsonObject[];
  readonly provider: JsonObject;
  readonly demand: Partial<Demand>;
  readonly nowMs: number;
}

interface World {
  readonly hosts: fc.Arbitrary<readonly Host[]>;
  readonly wishes: fc.Arbitrary<JsonObject>;
  readonly demand: fc.Arbitrary<Partial<Demand>>;
}

const asksOf = (world: World): fc.Arbitrary<AnyAsk> =>
  fc
    .record({
      one: world.hosts,
      two: fc.option(world.hosts, { nil: null, freq: 2 }),
      three: fc.option(world.hosts, { nil: null, freq: 2 }),
      defaults: fc.array(world.wishes, { maxLength: 2 }),
      provider: world.wishes,
      demand: world.demand,
      variant,
      distillable: fc.boolean(),
      point: fc.constantFrom(0, 0.3, 0.6, 0.999),
      minute: fc.integer({ min: -45, max: 45 }),
      sticky: fc.record({
        name: fc.constantFrom('nobody', ...NAMES),
        cachedTokens: fc.constantFrom(0, 900),
        isNamed: fc.boolean(),
      }),
      readsFiles: fc.boolean(),
      fitsContextUpTo: mostly(0, 1000, Number.POSITIVE_INFINITY),
    })
    .map(({ one, two, three, variant: ofNames, distillable, minute, ...ask }) => ({
      ...ask,
      models: { 'a/one': one, ...(two && { 'b/two': two }), ...(three && { 'c/three': three }) },
      model: { distillable },
      nowMs: NOW_MS + minute * 60_000,
      ...(ofNames && { variant: ofNames }),
    }));

/** Everything that a rule reads: most endpoints are kept out by something. */
export const anyAsk = asksOf({
  hosts: hostsOf(fc.record(oddHost)),
  wishes: fewOf({ ...taste, ...policies }),
  demand: some(demandOf),
});

/** Prices of every kind and condition, and caps on them. */
export const anyCapped = asksOf({
  hosts: hostsOf(
    fc.record({
      ...ordinaryHost,
      prices: oddHost.prices,
      overrides: overridesOf(3),
      discount: oddHost.discount,
      endpoint: some({
        contextLength: mostly(100_000, 900),
        supportsImplicitCaching: fc.boolean(),
        outputModalities: fc.constant<readonly Modality[]>(['text', 'image']),
      }),
      provider: some({ writesCache: fc.boolean() }),
    }),
  ),
  wishes: fc.record({ max_price: policies.max_price }),
  demand: some({
    promptTokensEstimate: demandOf.promptTokensEstimate,
    marksCache: demandOf.marksCache,
    outputModalities: demandOf.outputModalities,
  }),
});

/** Only what decides the order: plans are long. */
export const anyOrder = asksOf({
  hosts: hostsOf(fc.record(ordinaryHost)),
  wishes: fewOf(taste),
  demand: some({ hasTools: demandOf.hasTools, serviceTier: demandOf.serviceTier }),
});
