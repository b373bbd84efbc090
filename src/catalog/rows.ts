/**
 * The catalogue as it lies on disk: one row per line, prices as decimal strings in USD per token under the wire's names.
 * The same rows come from the generator, from `catalog refresh` and from a refreshed `catalog.json` in the data folder.
 */
import { z } from 'zod';
import { WHOLE_KINDS } from '../core/exchange-kind.ts';
import type { WirePriceName } from '../core/pricing.ts';

const modality = z.enum(['text', 'image', 'file', 'audio', 'video', ...WHOLE_KINDS]);
const modalities = z.array(modality).min(1);
const publicId = z.string().regex(/^[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*(:[a-z]+)?$/);
const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
/** USD per token; 12 decimals are the ledger's grain (one picodollar). */
const price = z.string().regex(/^\d+(\.\d{1,12})?$/);
const optionalPrice = price.exactOptional();
const optionalPrices = {
  request: optionalPrice,
  image: optionalPrice,
  image_output: optionalPrice,
  audio: optionalPrice,
  audio_output: optionalPrice,
  input_audio_cache: optionalPrice,
  web_search: optionalPrice,
  internal_reasoning: optionalPrice,
  input_cache_read: optionalPrice,
  input_cache_write: optionalPrice,
  input_cache_write_1h: optionalPrice,
} satisfies { [name in Exclude<WirePriceName, 'prompt' | 'completion'>]: typeof optionalPrice };

/** What an endpoint can do besides text in, text out. */
export const CAPABILITIES = ['tools', 'structured', 'reasoning', 'sampling'] as const;
export type Capability = (typeof CAPABILITIES)[number];

const provenance = z.strictObject({ name: z.string().min(1), date: isoDate });

const modelRow = z.strictObject({
  id: publicId,
  name: z.string().min(1),
  /** The author's release date: `created` and the canonical slug come from it. */
  released: isoDate,
  in: modalities,
  out: modalities,
  tokenizer: z.string(),
  cutoff: z.string().exactOptional(),
  open: z.literal(true).exactOptional(),
  reasoning: z
    .strictObject({
      mandatory: z.boolean(),
      default: z.boolean(),
      efforts: z.array(z.string()).exactOptional(),
      budget: z.boolean(),
      adaptive: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  /** Only what is false (docs/sources.md). */
  limits: z
    .strictObject({
      sampling: z.literal(false).exactOptional(),
      prefill: z.literal(false).exactOptional(),
      forcedToolUse: z.literal(false).exactOptional(),
      jsonSchema: z.literal(false).exactOptional(),
    })
    .exactOptional(),
  expires: isoDate.exactOptional(),
  /** Chooses among other models: it has no price of its own. */
  router: z.literal(true).exactOptional(),
  /** Only where it differs from the file's: rows kept from an earlier refresh. */
  source: provenance.exactOptional(),
});

const override = z.strictObject({
  minPromptTokens: z.int().positive().exactOptional(),
  utcStart: z.int().min(0).max(2400).exactOptional(),
  utcEnd: z.int().min(0).max(2400).exactOptional(),
  utcDays: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).exactOptional(),
  price: z.strictObject({ prompt: optionalPrice, completion: optionalPrice, ...optionalPrices }),
});

const endpointRow = z.strictObject({
  model: publicId,
  provider: z.string().regex(/^[a-z0-9-]+$/),
  upstream: z.string().min(1),
  /** Region, quantization or speed that tells two endpoints of one provider apart. */
  variant: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .exactOptional(),
  /** Served and priced in this service tier; absent = the standard one. */
  tier: z.enum(['priority', 'flex']).exactOptional(),
  /** Other names under which the provider knows the same thing (dated or undated). */
  aka: z.array(z.string()).exactOptional(),
  context: z.int().positive(),
  input: z.int().positive().exactOptional(),
  output: z.int().positive().exactOptional(),
  quant: z.string().exactOptional(),
  can: z.array(z.enum(CAPABILITIES)),
  /** Only where they differ from the model's. */
  in: modalities.exactOptional(),
  out: modalities.exactOptional(),
  /** Only where it differs from the provider's. */
  dialect: z.string().exactOptional(),
  price: z.strictObject({ prompt: price, completion: price, ...optionalPrices }),
  overrides: z.array(override).exactOptional(),
  deprecated: z.literal(true).exactOptional(),
  source: provenance.exactOptional(),
});

export type ModelRow = z.infer<typeof modelRow>;
export type EndpointRow = z.infer<typeof endpointRow>;
export type OverrideRow = z.infer<typeof override>;

/** A whole catalogue with where its facts come from; every row carries both once loaded. */
export interface CatalogRows {
  readonly source: { readonly name: string; readonly date: string };
  readonly models: readonly ModelRow[];
  readonly endpoints: readonly EndpointRow[];
}

const catalogFile = z.strictObject({
  source: provenance,
  models: z.array(modelRow),
  endpoints: z.array(endpointRow),
});

/** Checks a catalogue read from outside. @throws ZodError naming the row and field */
export function parseCatalogRows(value: unknown): CatalogRows {
  return catalogFile.parse(value);
}

/** Checks one file of rows, one JSON object per line. */
export function parseModelRows(text: string): readonly ModelRow[] {
  return parseLines(text, modelRow);
}

export function parseEndpointRows(text: string): readonly EndpointRow[] {
  return parseLines(text, endpointRow);
}

function parseLines<Row>(text: string, schema: z.ZodType<Row>): readonly Row[] {
  return z.array(schema).parse(readLines(text));
}

/**
 * The built-in files unchecked: the generator checks every row before it writes, a test checks them all again, and doing
 * it once more would cost every start 30 ms.
 */
export function readCheckedRows(models: string, endpoints: string): Pick<CatalogRows, 'models' | 'endpoints'> {
  return { models: readLines(models), endpoints: readLines(endpoints) };
}

function readLines(text: string) {
  return JSON.parse(`[${text.trim().replaceAll('\n', ',')}]`);
}

/** One row per line, so that a diff shows the rows that changed. */
export function formatRows(rows: readonly (ModelRow | EndpointRow)[]): string {
  return `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
}
