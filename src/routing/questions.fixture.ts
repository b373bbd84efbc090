/** Arbitrary questions to the planner: catalogues, wishes in up to three layers, health, clocks and seeds, of everything that a rule reads. */
import fc from 'fast-check';
import type { Endpoint, Modality } from '../catalog/model.ts';
import type { Demand, InputModality } from '../core/demand.ts';
import type { EndpointHealth } from '../core/health.ts';
import type { JsonObject } from '../core/json.ts';
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

const endpoint: fc.Arbitrary<Partial<Endpoint>> = some({
  contextLength: fc.constantFrom(500, 700, 2000, 100_000),
  contextIsAssumed: fc.boolean(),
  maxPromptTokens: fc.constantFrom(null, 400, 90_000),
  maxOutputTokens: fc.constantFrom(null, 100, 4000),
  quantization: fc.constantFrom(null, 'fp8', 'mxfp8', 'nvfp4', 'bf16'),
  supportedParameters: fc.subarray([...PARAMETERS]),
  inputModalities: fc.subarray<Modality>(['text', 'image', 'file', 'audio'], { minLength: 1 }),
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

const naming = fc.constantFrom<Pick<Host, 'variant' | 'tier'>>(
  {},
  {},
  {},
  { variant: 'turbo' },
  { variant: 'eu' },
  { tier: 'priority' },
  { tier: 'flex' },
  { variant: 'turbo', tier: 'priority' },
);

const host: fc.Arbitrary<Host> = fc
  .record({
    naming,
    name: fc.constantFrom(...NAMES),
    usd,
    prices: some({ completion: usd, request: usd, inputCacheRead: usd, inputCacheWrite: usd, internalReasoning: usd }),
    overrides: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: overridesOf(3) }),
    discount: fc.constantFrom(0, 0, 0, 0.1, 0.5),
    weight: fc.constantFrom(1, 1, 3),
    endpoint,
    provider: some({
      training: fc.boolean(),
      retentionDays: fc.constantFrom(0, 0, 30, null),
      enforcesPolicy: fc.boolean(),
      writesCache: fc.boolean(),
    }),
    health,
    state: fc.constantFrom('ready', 'ready', 'ready', 'outage', 'resting', 'key rests'),
    unsayable: fc.constantFrom<readonly string[]>([], [], [], [], ['file'], ['chat']),
  })
  .map(({ naming: named, ...rest }) => ({ ...rest, ...named }));

const hosts = fc.uniqueArray(host, {
  maxLength: 6,
  selector: ({ name, variant, tier }) => `${name}/${variant}/${tier}`,
});

const slug = fc.constantFrom(
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
);
const slugs = fc.array(slug, { maxLength: 3 });
const amount = fc.constantFrom(0, 0.5, '1', 1.5, '2.0', 3, 100);
const percentiles = fc.constantFrom(50, { p50: 50 }, { p50: 50, p90: 40 }, { p99: 10 });

/** The `provider` object as a request may have it. */
export const wishes: fc.Arbitrary<JsonObject> = some({
  order: slugs,
  only: fc.array(slug, { minLength: 2, maxLength: 8 }),
  ignore: fc.array(slug, { maxLength: 2 }),
  allow_fallbacks: fc.boolean(),
  require_parameters: fc.constantFrom(true, false, false),
  data_collection: fc.constantFrom('allow', 'deny'),
  zdr: fc.constantFrom(true, false, false),
  enforce_distillable_text: fc.constantFrom(true, false, false),
  quantizations: fc.subarray(['fp8', 'fp4', 'mxfp8', 'bf16', 'unknown'], { minLength: 2 }),
  sort: fc.oneof(
    fc.constantFrom('price', 'throughput', 'latency', 'exacto'),
    some({ by: fc.constantFrom('price', 'throughput', 'latency'), partition: fc.constantFrom('model', 'none') }),
  ),
  max_price: some({ prompt: amount, completion: amount, request: amount }),
  preferred_min_throughput: percentiles,
  preferred_max_latency: fc.constantFrom(1, { p50: 1 }),
});

/** Few wishes at a time, so that plans have targets; a property about caps or slugs still meets them often. */
const fewWishes = fc
  .tuple(wishes, fc.array(fc.nat({ max: 12 }), { maxLength: 3 }))
  .map(([all, kept]) => Object.fromEntries(Object.entries(all).filter((_, at) => kept.includes(at))));

const demand: fc.Arbitrary<Partial<Demand>> = some({
  parameters: fc.subarray([...PARAMETERS]),
  hasTools: fc.boolean(),
  inputModalities: fc.constantFrom<readonly InputModality[]>([], [], ['image'], ['file'], ['image', 'file']),
  outputModalities: fc.constantFrom<readonly string[]>(['text'], ['text'], ['text', 'image']),
  maxOutputTokens: fc.constantFrom(null, 50, 2000),
  promptTokensEstimate: fc.constantFrom(0, 300, 1000, 1000, 5000),
  marksCache: fc.boolean(),
  serviceTier: fc.constantFrom(null, 'flex', 'priority', 'fast', 'default'),
});

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

export const anyAsk: fc.Arbitrary<AnyAsk> = fc
  .record({
    one: hosts,
    two: fc.option(hosts, { nil: null }),
    three: fc.option(hosts, { nil: null, freq: 1 }),
    defaults: fc.array(fewWishes, { maxLength: 2 }),
    provider: fewWishes,
    demand,
    variant,
    distillable: fc.boolean(),
    point: fc.constantFrom(0, 0.3, 0.6, 0.999),
    minute: fc.integer({ min: -45, max: 45 }),
    sticky: fc.option(
      fc.record({ name: fc.constantFrom(...NAMES), cachedTokens: fc.constantFrom(0, 900), isNamed: fc.boolean() }),
      { nil: undefined, freq: 1 },
    ),
    readsFiles: fc.boolean(),
    fitsContextUpTo: fc.constantFrom(0, 0, 1000, Number.POSITIVE_INFINITY),
  })
  .map(({ one, two, three, variant: ofNames, distillable, minute, sticky, ...ask }) => ({
    ...ask,
    models: { 'a/one': one, ...(two && { 'b/two': two }), ...(three && { 'c/three': three }) },
    model: { distillable },
    nowMs: NOW_MS + minute * 60_000,
    ...(ofNames && { variant: ofNames }),
    ...(sticky && { sticky }),
  }));
