/**
 * An OpenRouter `GET /models` answer → rows of the provider `openrouter`. Pure. Their descriptions are their text and stay
 * out; what the catalogue already knows of a model (capability exceptions above all) stays as it is.
 */
import { z } from 'zod';
import { WIRE_PRICE_NAMES, type WirePriceName } from '../core/pricing.ts';
import { claudeLimits } from './import/claude.ts';
import { tokenizerOf } from './import/model-row.ts';
import { perTokenText } from './import/prices.ts';
import type { Modality } from './model.ts';
import type { Capability, CatalogRows, EndpointRow, ModelRow, OverrideRow } from './rows.ts';

const wirePrices = z.record(z.string(), z.unknown());
const listed = z.object({
  id: z.string(),
  name: z.string(),
  created: z.number(),
  context_length: z.number().nullable(),
  architecture: z.object({
    input_modalities: z.array(z.string()),
    output_modalities: z.array(z.string()),
  }),
  pricing: wirePrices,
  top_provider: z.object({ max_completion_tokens: z.number().nullish() }).nullish(),
  supported_parameters: z.array(z.string()),
  knowledge_cutoff: z.string().nullish(),
  expiration_date: z.string().nullish(),
  reasoning: z
    .object({
      mandatory: z.boolean(),
      default_enabled: z.boolean().nullish(),
      supported_efforts: z.array(z.string().nullable()).nullish(),
      supports_max_tokens: z.boolean().nullish(),
    })
    .nullish(),
});
const answer = z.object({ data: z.array(listed) });
type Listed = z.infer<typeof listed>;

const PUBLIC_ID = /^[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*(:[a-z]+)?$/;
const MODALITIES: readonly Modality[] = ['text', 'image', 'file', 'audio', 'video', 'embeddings', 'rerank'];

/**
 * @param date the day the answer was fetched, `YYYY-MM-DD`: the answer itself carries none
 * @param known rows by id that are kept instead of new ones
 */
export function importOpenRouterModels(
  source: unknown,
  date: string,
  known: ReadonlyMap<string, ModelRow>,
): { readonly rows: CatalogRows; readonly leftOut: readonly { readonly offer: string; readonly reason: string }[] } {
  const models: ModelRow[] = [];
  const endpoints: EndpointRow[] = [];
  const leftOut: { offer: string; reason: string }[] = [];
  for (const each of answer.parse(source).data) {
    const reason = whyNot(each);
    if (reason !== undefined) {
      leftOut.push({ offer: `openrouter/${each.id}`, reason });
      continue;
    }
    const row = known.get(each.id) ?? modelRow(each);
    models.push(row);
    endpoints.push(endpointRow(each, row));
  }
  return { rows: { source: { name: 'OpenRouter /models', date }, models, endpoints }, leftOut };
}

function whyNot(each: Listed): string | undefined {
  if (each.id.startsWith('~')) return 'alias of another model';
  if (!PUBLIC_ID.test(each.id)) return 'no public id';
  if (!each.context_length) return 'no context length';
  if (!each.architecture.output_modalities.some((one) => one === 'text' || one === 'embeddings' || one === 'rerank')) {
    return 'no chat, embeddings or rerank';
  }
  if (
    !isRouter(each) &&
    (priceOf(each.pricing['prompt']) === undefined || priceOf(each.pricing['completion']) === undefined)
  ) {
    return 'no price';
  }
  return undefined;
}

function isRouter(each: Listed): boolean {
  return each.pricing['prompt'] === '-1';
}

function modelRow(each: Listed): ModelRow {
  const author = each.id.slice(0, each.id.indexOf('/'));
  const slug = each.id.slice(author.length + 1).replace(/:.*$/, '');
  const cutoff = isoDate(each.knowledge_cutoff);
  const expires = isoDate(each.expiration_date);
  return {
    id: each.id,
    name: each.name,
    released: new Date(each.created * 1000).toISOString().slice(0, 10),
    in: modalities(each.architecture.input_modalities),
    out: modalities(each.architecture.output_modalities),
    tokenizer: isRouter(each) ? 'Router' : tokenizerOf(author, slug),
    ...(cutoff ? { cutoff } : {}),
    ...(expires ? { expires } : {}),
    ...(author === 'anthropic' && slug.startsWith('claude-') ? claudeLimits(slug) : reasoning(each)),
    ...(isRouter(each) ? { router: true as const } : {}),
  };
}

function reasoning(each: Listed): Pick<ModelRow, 'reasoning'> {
  const told = each.reasoning;
  if (!told) return {};
  const efforts = (told.supported_efforts ?? []).filter((one) => one !== null);
  return {
    reasoning: {
      mandatory: told.mandatory,
      default: told.default_enabled ?? told.mandatory,
      ...(efforts.length ? { efforts } : {}),
      budget: told.supports_max_tokens ?? false,
    },
  };
}

function endpointRow(each: Listed, model: ModelRow): EndpointRow {
  const input = modalities(each.architecture.input_modalities);
  const output = modalities(each.architecture.output_modalities);
  const overrides = overrideRows(each.pricing['overrides']);
  const completionTokens = each.top_provider?.max_completion_tokens;
  return {
    model: each.id,
    provider: 'openrouter',
    upstream: each.id,
    context: each.context_length ?? 0,
    ...(completionTokens ? { output: completionTokens } : {}),
    can: capabilities(each.supported_parameters),
    ...(String(input) === String(model.in) ? {} : { in: input }),
    ...(String(output) === String(model.out) ? {} : { out: output }),
    price: isRouter(each)
      ? { prompt: '0', completion: '0' }
      : { prompt: '0', completion: '0', ...prices(each.pricing) },
    ...(overrides.length ? { overrides } : {}),
  };
}

function capabilities(parameters: readonly string[]): Capability[] {
  return [
    ...(parameters.includes('tools') ? (['tools'] as const) : []),
    ...(parameters.includes('structured_outputs') ? (['structured'] as const) : []),
    ...(parameters.includes('reasoning') ? (['reasoning'] as const) : []),
    ...(parameters.includes('temperature') ? (['sampling'] as const) : []),
  ];
}

function modalities(names: readonly string[]): Modality[] {
  const found = MODALITIES.filter((each) => names.includes(each));
  return found.length ? found : ['text'];
}

/** Axes we know, zero ones left out: an absent axis bills as prompt or completion, which they mean by "0" there. */
function prices(pricing: Readonly<Record<string, unknown>>): { [name in WirePriceName]?: string } {
  const found: { [name in WirePriceName]?: string } = {};
  for (const name of WIRE_PRICE_NAMES) {
    const price = priceOf(pricing[name]);
    if (price !== undefined && (price !== '0' || name === 'prompt' || name === 'completion')) found[name] = price;
  }
  return found;
}

/** A decimal string at the ledger's grain, half up; undefined for what is no price (absent, negative). */
function priceOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^\d+(\.\d+)?(e-?\d+)?$/i.test(text)) return undefined;
  return perTokenText(text);
}

function overrideRows(value: unknown): OverrideRow[] {
  const parsed = z.array(wirePrices).safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.map((each): OverrideRow => {
    const condition = conditionSchema.parse(each);
    return { ...condition, price: prices(each) };
  });
}

const conditionSchema = z
  .object({
    min_prompt_tokens: z.number().positive().nullish(),
    utc_start: z.int().nullish(),
    utc_end: z.int().nullish(),
    utc_days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).nullish(),
  })
  .transform(
    (each): Omit<OverrideRow, 'price'> => ({
      ...(each.min_prompt_tokens ? { minPromptTokens: each.min_prompt_tokens } : {}),
      ...(each.utc_start == null ? {} : { utcStart: each.utc_start }),
      ...(each.utc_end == null ? {} : { utcEnd: each.utc_end }),
      ...(each.utc_days ? { utcDays: each.utc_days } : {}),
    }),
  );

function isoDate(text: string | null | undefined): string | undefined {
  return text && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined;
}
