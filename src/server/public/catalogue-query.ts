/**
 * The query of `GET /models` (OpenRouter's API). What would need figures that this gateway does not have is refused
 * by name (`category`, benchmark indices, tool success rates, `distillable`, RSS): an empty list would say "no such
 * model", and a full one "all of these". Sorting by such figures is no error, as at OpenRouter: models without a score
 * keep the default order.
 */
import { z } from 'zod';
import { invalidRequest } from '../../core/errors.ts';

const INPUT_MODALITIES = ['text', 'image', 'file', 'audio', 'video'] as const;
const OUTPUT_MODALITIES = [
  'text',
  'image',
  'embeddings',
  'audio',
  'video',
  'rerank',
  'moderation',
  'decisions',
  'speech',
  'transcription',
] as const;

export const MODEL_SORTS = [
  'most-popular',
  'newest',
  'top-weekly',
  'pricing-low-to-high',
  'pricing-high-to-low',
  'context-high-to-low',
  'throughput-high-to-low',
  'latency-low-to-high',
  'intelligence-high-to-low',
  'coding-high-to-low',
  'agentic-high-to-low',
  'design-arena-elo-high-to-low',
] as const;
export type ModelSort = (typeof MODEL_SORTS)[number];

const NO_BENCHMARKS = 'this gateway has no benchmark figures to filter by; leave it out';
const NO_TOOL_RATES = 'this gateway keeps no tool-calling success rates to filter by; leave it out';

/** Parameters that are refused wherever they have a value. */
const UNANSWERABLE: Readonly<Record<string, string>> = {
  category: 'this gateway does not rank models by use case; leave it out',
  distillable: 'this gateway does not know which licences allow distillation; leave it out',
  use_rss: 'this gateway serves no RSS; leave it out for JSON',
  use_rss_chat_links: 'this gateway serves no RSS; leave it out for JSON',
  min_intelligence_index: NO_BENCHMARKS,
  max_intelligence_index: NO_BENCHMARKS,
  min_coding_index: NO_BENCHMARKS,
  max_coding_index: NO_BENCHMARKS,
  min_agentic_index: NO_BENCHMARKS,
  max_agentic_index: NO_BENCHMARKS,
  min_tool_success_rate: NO_TOOL_RATES,
  max_tool_success_rate: NO_TOOL_RATES,
};
const HARMLESS_FALSE = new Set(['use_rss', 'use_rss_chat_links']);

const amount = z.coerce.number('must be a number').nonnegative('must not be negative').optional();
const days = z.coerce.number('must be a number').int('must be whole').nonnegative('must not be negative').optional();
const flag = z.enum(['true', 'false'], 'must be true or false').optional();
const names = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  )
  .optional();

const modelsQuery = z.object({
  offset: z.coerce.number('must be a number').int('must be whole').nonnegative('must not be negative').optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be whole')
    .min(1, 'is 1 to 1000')
    .max(1000, 'is 1 to 1000')
    .optional(),
  sort: z.enum(MODEL_SORTS, `is one of ${MODEL_SORTS.join(', ')}`).optional(),
  q: z.string().optional(),
  supported_parameters: names,
  input_modalities: names,
  output_modalities: names,
  context: z.coerce.number('must be a number').int('must be whole').min(1, 'must be positive').optional(),
  min_price: amount,
  max_price: amount,
  min_output_price: amount,
  max_output_price: amount,
  arch: z.string().optional(),
  model_authors: names,
  providers: names,
  zdr: flag,
  region: z.enum(['eu', 'us'], 'is eu or us').optional(),
  min_age_days: days,
  max_age_days: days,
  all: flag,
});

export interface ModelsQuery {
  readonly offset: number;
  /** Null = everything: neither `offset` nor `limit` was given. */
  readonly limit: number | null;
  readonly sort: ModelSort | null;
  readonly search: readonly string[];
  readonly parameters: readonly string[];
  readonly inputModalities: readonly string[];
  /** Null = all. */
  readonly outputModalities: readonly string[] | null;
  readonly minContext: number | null;
  /** USD per million tokens. */
  readonly promptPrice: Bounds;
  readonly completionPrice: Bounds;
  readonly architecture: string | null;
  readonly authors: readonly string[];
  readonly providers: readonly string[];
  readonly zeroRetention: boolean;
  readonly region: 'eu' | 'us' | null;
  readonly ageDays: Bounds;
  /** The whole catalogue, not only what the configured providers serve and the key may use. */
  readonly all: boolean;
}

export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

const DEFAULT_LIMIT = 500;

/** @throws GatewayError `client.invalid_request` naming the parameter; unknown parameters are ignored, as at OpenRouter */
export function parseModelsQuery(search: URLSearchParams): ModelsQuery {
  // An empty value and the word null mean "not given": SDKs write both.
  const given = [...search].filter(([, value]) => value !== '' && value !== 'null');
  for (const [name, value] of given) {
    const reason = UNANSWERABLE[name];
    if (reason !== undefined && !(HARMLESS_FALSE.has(name) && value === 'false')) throw invalidRequest(name, reason);
  }
  const parsed = modelsQuery.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalidRequest(String(issue?.path[0] ?? 'query'), issue?.message ?? 'is not valid');
  }
  const query = parsed.data;
  const paged = query.offset !== undefined || query.limit !== undefined;
  return {
    offset: query.offset ?? 0,
    limit: paged ? (query.limit ?? DEFAULT_LIMIT) : null,
    sort: query.sort ?? null,
    search: (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean),
    parameters: query.supported_parameters ?? [],
    inputModalities: known('input_modalities', query.input_modalities ?? [], INPUT_MODALITIES),
    outputModalities: outputs(query.output_modalities),
    minContext: query.context ?? null,
    promptPrice: bounds(query.min_price, query.max_price),
    completionPrice: bounds(query.min_output_price, query.max_output_price),
    architecture: query.arch ?? null,
    authors: (query.model_authors ?? []).map((each) => each.toLowerCase()),
    providers: (query.providers ?? []).map((each) => each.toLowerCase()),
    zeroRetention: query.zdr === 'true',
    region: query.region ?? null,
    ageDays: bounds(query.min_age_days, query.max_age_days),
    all: query.all === 'true',
  };
}

function outputs(given: readonly string[] | undefined): readonly string[] | null {
  if (given?.includes('all')) return null;
  return given?.length ? known('output_modalities', given, OUTPUT_MODALITIES) : ['text'];
}

function known(field: string, given: readonly string[], allowed: readonly string[]): readonly string[] {
  const stranger = given.find((each) => !allowed.includes(each));
  if (stranger === undefined) return given;
  throw invalidRequest(field, `"${stranger.slice(0, 40)}" is none of ${allowed.join(', ')}`);
}

function bounds(min: number | undefined, max: number | undefined): Bounds {
  return { min: min ?? null, max: max ?? null };
}
