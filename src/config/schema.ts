/**
 * What a configuration file may say. Strict: an unknown key is refused with a suggestion. Defaults are set in
 * load.ts, so that what the file says and what is assumed stay apart.
 */
import { z } from 'zod';
import { WHOLE_KINDS } from '../core/exchange-kind.ts';

/** A reference such as `${PORT}` always gives text: digits count as a number. */
const numeric = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
const boolish = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);

const text = z.string().trim().min(1, 'must not be empty.');
const flag = z.preprocess(boolish, z.boolean());
const milliseconds = z.preprocess(numeric, z.int().min(1).max(86_400_000));
const count = z.preprocess(numeric, z.int().min(1));
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** USD per unit: a decimal string as on the wire, or a number whose digits are exact. */
const price = z.union([z.string(), z.number()]);

const priceAxes = {
  prompt: price.optional(),
  completion: price.optional(),
  request: price.optional(),
  image: price.optional(),
  image_output: price.optional(),
  audio: price.optional(),
  audio_output: price.optional(),
  input_audio_cache: price.optional(),
  web_search: price.optional(),
  internal_reasoning: price.optional(),
  input_cache_read: price.optional(),
  input_cache_write: price.optional(),
  input_cache_write_1h: price.optional(),
};

const timeOfDay = z.preprocess(
  numeric,
  z.int().refine((value) => value >= 0 && value <= 2400 && value % 100 < 60, 'must be HHMM in UTC, 0 to 2400.'),
);

const priceOverride = z.strictObject({
  min_prompt_tokens: count.optional(),
  utc_start: timeOfDay.optional(),
  utc_end: timeOfDay.optional(),
  utc_days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .optional(),
  ...priceAxes,
});

const pricing = z.strictObject({
  ...priceAxes,
  discount: z.preprocess(numeric, z.number().min(0).max(1)).optional(),
  overrides: z.array(priceOverride).optional(),
});

export const QUANTIZATIONS = ['int4', 'int8', 'fp4', 'fp6', 'fp8', 'fp16', 'bf16', 'fp32', 'unknown'] as const;
const quantization = z.enum(QUANTIZATIONS);
const inputModality = z.enum(['text', 'image', 'file', 'audio', 'video']);
const outputModality = z.enum(['text', 'image', 'audio', 'video', ...WHOLE_KINDS]);

const model = z.preprocess(
  (value) => (typeof value === 'string' ? { id: value } : value),
  z.strictObject(
    {
      id: text,
      upstream: text.optional(),
      /** Where the provider serves it in another grammar than its usual one. */
      dialect: text.optional(),
      name: text.optional(),
      context_length: count.optional(),
      max_output_tokens: count.optional(),
      quantization: quantization.optional(),
      service_tier: z.enum(['priority', 'flex']).optional(),
      distillable: flag.optional(),
      input_modalities: z.array(inputModality).min(1).optional(),
      output_modalities: z.array(outputModality).min(1).optional(),
      supported_parameters: z.array(text).optional(),
      pricing: pricing.optional(),
    },
    'must be a model id, or a group of keys with id.',
  ),
);

const timeouts = z.strictObject({
  connect_ms: milliseconds.optional(),
  first_byte_ms: milliseconds.optional(),
  idle_ms: milliseconds.optional(),
  content_idle_ms: milliseconds.optional(),
  total_ms: milliseconds.optional(),
});

const percentileBounds = z.preprocess(
  numeric,
  z.union([
    z.number().min(0),
    z.strictObject({
      p50: z.preprocess(numeric, z.number().min(0)).optional(),
      p75: z.preprocess(numeric, z.number().min(0)).optional(),
      p90: z.preprocess(numeric, z.number().min(0)).optional(),
      p99: z.preprocess(numeric, z.number().min(0)).optional(),
    }),
  ]),
);
const sortBy = z.enum(['price', 'throughput', 'latency', 'exacto']);

/** A request's `provider` object as a default: the same names, the same meaning (docs/concepts/routing.md). */
const preferences = z.strictObject({
  order: z.array(text).optional(),
  only: z.array(text).optional(),
  ignore: z.array(text).optional(),
  allow_fallbacks: flag.optional(),
  require_parameters: flag.optional(),
  data_collection: z.enum(['allow', 'deny']).optional(),
  zdr: flag.optional(),
  enforce_distillable_text: flag.optional(),
  quantizations: z.array(text).optional(),
  sort: z
    .union([sortBy, z.strictObject({ by: sortBy.optional(), partition: z.enum(['model', 'none']).optional() })])
    .optional(),
  max_price: z
    .strictObject({
      prompt: price.optional(),
      completion: price.optional(),
      request: price.optional(),
      image: price.optional(),
      audio: price.optional(),
    })
    .optional(),
  preferred_min_throughput: percentileBounds.optional(),
  preferred_max_latency: percentileBounds.optional(),
});

export const providerSchema = z.strictObject({
  name: text.optional(),
  dialect: text.optional(),
  /** In place of `dialect`, where the address speaks several: the first is used for callers of any other. */
  dialects: z.array(text).min(1).optional(),
  base_url: text.optional(),
  api_key: z
    .string()
    .trim()
    .min(1, 'must not be empty; write none where the host takes no key.')
    .regex(/^[\x21-\x7e]*$/, 'must be one word without spaces or line breaks.')
    .optional(),
  /** Several keys of one account or many: one that is refused or limited rests, the others serve. */
  api_keys: z
    .array(
      z
        .string()
        .trim()
        .min(1)
        .regex(/^[\x21-\x7e]*$/, 'must be one word without spaces or line breaks.'),
    )
    .min(1)
    .optional(),
  /** In place of a key: a group of values, a file's path, or what the file holds. */
  credentials: z
    .union([text, z.record(text, z.unknown())], 'must be a group of keys, or the path of a file.')
    .optional(),
  authorization: text.regex(headerName, 'must be bearer, none, or the name of a header such as x-api-key.').optional(),
  settings: z.record(text, text).optional(),
  headers: z
    .record(
      z.string().regex(headerName, 'is no header name.'),
      z.string().regex(/^[^\r\n\0]*$/, 'must not hold a line break.'),
    )
    .optional(),
  timeouts: timeouts.optional(),
  weight: z.preprocess(numeric, z.number().positive().max(1000)).optional(),
  on_disconnect: z.enum(['cancel', 'drain']).optional(),
  quantization: quantization.optional(),
  data_policy: z
    .strictObject({ training: flag, retention_days: z.preprocess(numeric, z.int().min(0)).nullable().optional() })
    .optional(),
  models: z.array(model).min(1, 'must name at least one model; leave it out to offer every one.').optional(),
});

export const fileSchema = z.strictObject({
  listen: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), text).optional(),
  data: text.optional(),
  database_url: text.optional(),
  tls: z.strictObject({ cert: text, key: text }).optional(),
  public_catalogue: flag.optional(),
  commit_after_ms: z.preprocess(numeric, z.int().min(0).max(600_000)).optional(),
  client_stall_ms: z.preprocess(numeric, z.int().min(100).max(3_600_000)).optional(),
  max_body_bytes: z.preprocess(numeric, z.int().min(1024).max(1_073_741_824)).optional(),
  aliases: z.record(text, text).optional(),
  catalog: z.strictObject({ source: text.optional() }).optional(),
  routing: z
    .strictObject({
      /** For every request; a request can only be stricter about who may serve it. */
      defaults: preferences.optional(),
      /** By a key's name, label or hash: over and above the defaults. */
      keys: z.record(text, preferences).optional(),
      /** The model of a request that names none. */
      default_model: text.optional(),
    })
    .optional(),
  response_cache: z
    .strictObject({
      max_bytes: z.preprocess(numeric, z.int().min(0).max(17_179_869_184)).optional(),
      persist: flag.optional(),
    })
    .optional(),
  plugins: z
    .strictObject({
      web: z
        .strictObject({
          /** A SearXNG-style JSON search: GET <base_url>/search?q=…&format=json. */
          base_url: text,
          headers: z.record(z.string().regex(headerName, 'is no header name.'), z.string()).optional(),
          timeout_ms: milliseconds.optional(),
        })
        .optional(),
      /** Plugins for every request that does not name them itself, as in a request's `plugins`. */
      defaults: z.array(z.looseObject({ id: text, enabled: flag.optional() })).optional(),
    })
    .optional(),
  providers: z
    .record(
      z.string(),
      z.preprocess((value) => value ?? {}, providerSchema),
    )
    .optional(),
});

export type FileConfig = z.infer<typeof fileSchema>;
export type PreferencesEntry = z.infer<typeof preferences>;
export type ProviderEntry = z.infer<typeof providerSchema>;
export type ModelEntry = NonNullable<ProviderEntry['models']>[number];
export type PricingEntry = NonNullable<ModelEntry['pricing']>;
