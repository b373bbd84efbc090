/** What OpenRouter's wire adds to OpenAI's: its types do not know these, so a test reads them through a schema. */
import { z } from 'zod';

export const reasoningDetails = z.array(z.looseObject({ type: z.string(), format: z.string().nullish() }));

export const messageExtras = z.looseObject({
  reasoning: z.string().nullish(),
  reasoning_details: reasoningDetails.optional(),
});

export const usageExtras = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  cost: z.number(),
  is_byok: z.boolean(),
  prompt_tokens_details: z.object({ cached_tokens: z.int(), cache_write_tokens: z.int() }),
  completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
  cost_details: z.object({
    upstream_inference_cost: z.number().nullish(),
    upstream_inference_prompt_cost: z.number(),
    upstream_inference_completions_cost: z.number(),
  }),
});

export const completionExtras = z.looseObject({
  id: z.string().regex(/^gen-\d{10}-[0-9A-Za-z]{20}$/),
  provider: z.string(),
});

export const choiceExtras = z.looseObject({ native_finish_reason: z.string().nullable() });

export const errorBody = z.object({
  code: z.int(),
  message: z.string(),
  metadata: z.looseObject({ error_type: z.string().optional(), provider_name: z.string().optional() }).optional(),
});
