/** The part of models.dev's `api.json` that the catalogue is made from (docs/sources.md). Unknown members pass by. */
import { z } from 'zod';

const costAxes = {
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  reasoning: z.number().nonnegative().optional(),
  cache_read: z.number().nonnegative().optional(),
  cache_write: z.number().nonnegative().optional(),
  input_audio: z.number().nonnegative().optional(),
  output_audio: z.number().nonnegative().optional(),
};

const cost = z.object({
  ...costAxes,
  tiers: z.array(z.object({ ...costAxes, tier: z.object({ type: z.string(), size: z.number() }) })).optional(),
  context_over_200k: z.object(costAxes).optional(),
});

/** A way to serve the same model at another price, and what asks for it. */
const mode = z.object({
  cost: z
    .object({ ...costAxes, tiers: cost.shape.tiers })
    .partial()
    .optional(),
  provider: z.object({ body: z.record(z.string(), z.unknown()).optional() }).optional(),
});

const reasoningOption = z.object({
  type: z.string(),
  values: z.array(z.string().nullable()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
});

const offer = z.object({
  id: z.string(),
  name: z.string(),
  family: z.string().optional(),
  reasoning: z.boolean().optional(),
  reasoning_options: z.array(reasoningOption).optional(),
  tool_call: z.boolean().optional(),
  structured_output: z.boolean().optional(),
  temperature: z.boolean().optional(),
  knowledge: z.string().optional(),
  release_date: z.string(),
  last_updated: z.string().optional(),
  modalities: z.object({ input: z.array(z.string()), output: z.array(z.string()) }),
  open_weights: z.boolean().optional(),
  limit: z.object({
    context: z.number().optional(),
    input: z.number().optional(),
    output: z.number().optional(),
  }),
  status: z.string().optional(),
  cost: cost.optional(),
  canonical_model_id: z.string().optional(),
  provider: z.object({ npm: z.string().optional(), shape: z.string().optional() }).optional(),
  // An experiment of theirs: in another shape it is no reason to refuse the rest.
  experimental: z
    .object({ modes: z.record(z.string(), mode).optional() })
    .optional()
    .catch(undefined),
});

const source = z.record(z.string(), z.object({ models: z.record(z.string(), offer) }));

export type Facts = z.infer<typeof offer>;
export type FactsCost = z.infer<typeof cost>;
export type FactsMode = z.infer<typeof mode>;
export type FactsSource = z.infer<typeof source>;

/** @throws ZodError naming provider, model and field */
export function parseFacts(value: unknown): FactsSource {
  return source.parse(value);
}

/** The newest `last_updated` of a source: the date of its facts where nobody says one. */
export function newestDate(facts: FactsSource): string {
  let newest = '1970-01-01';
  for (const provider of Object.values(facts)) {
    for (const each of Object.values(provider.models)) {
      const date = wholeDate(each.last_updated ?? each.release_date);
      if (date > newest) newest = date;
    }
  }
  return newest;
}

/** models.dev allows `2025` and `2025-09`: the first day stands for the rest. */
export function wholeDate(date: string): string {
  const [year = '1970', month = '01', day = '01'] = date.split('-');
  return `${year}-${month}-${day}`;
}
