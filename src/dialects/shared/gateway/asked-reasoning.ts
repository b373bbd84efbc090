/** OpenRouter's three ways to ask for reasoning, as fields of a request, folded into one (OpenRouter's API). */
import { z } from 'zod';
import type { ReasoningRequest } from '../../../core/chat.ts';
import { type JsonObject, objectAt } from '../../../core/json.ts';
import { flag } from '../client/wire-schema.ts';

export const EFFORTS = ['max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none'] as const;

const reasoning = z.object({
  effort: z.enum(EFFORTS).nullish(),
  max_tokens: z.int().min(0).nullish(),
  exclude: flag,
  enabled: flag,
  summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
});

/** To spread into a request's schema. */
export const reasoningFields = {
  reasoning: reasoning.nullish(),
  // `default` is Groq's word for "as the model does".
  reasoning_effort: z.enum([...EFFORTS, 'default']).nullish(),
  include_reasoning: flag,
};

interface AskedReasoning {
  readonly reasoning?: z.infer<typeof reasoningFields.reasoning>;
  readonly reasoning_effort?: z.infer<typeof reasoningFields.reasoning_effort>;
  readonly include_reasoning?: z.infer<typeof reasoningFields.include_reasoning>;
}

/** Undefined where nothing was asked: `reasoning: {}` and `include_reasoning: true` leave the model's own default. */
export function decodeReasoning(fields: AskedReasoning): ReasoningRequest | undefined {
  const { reasoning } = fields;
  const outer = fields.reasoning_effort === 'default' ? undefined : fields.reasoning_effort;
  const effort = reasoning?.effort ?? outer ?? undefined;
  const maxTokens = reasoning?.max_tokens ?? undefined;
  const exclude = reasoning?.exclude ?? fields.include_reasoning === false;
  const summary = reasoning?.summary ?? undefined;
  const shared = { exclude, ...(summary && { summary }) };
  if (effort === 'none' || reasoning?.enabled === false) {
    return { enabled: false, ...(effort === 'none' && { effort }), ...shared };
  }
  const asked = effort !== undefined || maxTokens !== undefined || reasoning?.enabled === true;
  if (!asked && !exclude && !summary) return undefined;
  return {
    enabled: true,
    ...(!asked && { byDefault: true }),
    ...(effort && { effort }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...shared,
  };
}

export function excludesReasoning(wire: JsonObject): boolean {
  return objectAt(wire, 'reasoning')?.['exclude'] === true || wire['include_reasoning'] === false;
}

/** The same request with reasoning on, unless it says something about reasoning itself. */
export function withReasoning<Wire extends JsonObject>(wire: Wire): Wire {
  return wire['reasoning'] || wire['reasoning_effort'] ? wire : { ...wire, reasoning: { enabled: true } };
}
