/**
 * `reasoning` → Claude's adaptive thinking with an effort, or thinking with a token budget, in the words that its own grammar
 * and the hosts that pass them on take (OpenRouter's API; docs/sources.md).
 */
import type { Effort, ReasoningRequest } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { ModelTraits } from '../../host.ts';
import type { NoteSink } from '../notebook.ts';

/** `reasoning_details[].format` of signed thinking, unless the host's quirks name another signer. */
export const THINKING_FORMAT = 'anthropic-claude-v1';

export type WireThinkingConfig =
  | { readonly type: 'enabled'; readonly budget_tokens: number }
  | { readonly type: 'adaptive'; readonly display: 'summarized' | 'omitted' }
  | { readonly type: 'disabled' };

const RATIOS: Readonly<Record<Exclude<Effort, 'none'>, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
};
const ORDER = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
const MIN_BUDGET = 1024;
const MAX_BUDGET = 128_000;

export interface EncodedReasoning {
  readonly thinking?: WireThinkingConfig;
  readonly effort?: string;
  readonly maxTokens: number;
}

/** @throws GatewayError `client.invalid_request` where reasoning is turned off on a model that cannot do without */
export function encodeReasoning(
  reasoning: ReasoningRequest | undefined,
  traits: ModelTraits,
  maxTokens: number,
  notes: NoteSink,
): EncodedReasoning {
  const able = traits.reasoning;
  if (!reasoning) return { maxTokens };
  if (reasoning.summary !== undefined) {
    notes.add('parameter.dropped', 'reasoning.summary', 'The length of reasoning summaries cannot be chosen.');
  }
  if (reasoning.byDefault) return { maxTokens };
  if (!reasoning.enabled) {
    if (able?.mandatory) throw invalidRequest('reasoning', 'reasoning cannot be turned off for this model.');
    return able?.adaptive ? { thinking: { type: 'disabled' }, maxTokens } : { maxTokens };
  }
  if (!able || (!able.adaptive && !able.budget && !able.efforts?.length)) {
    notes.add('parameter.dropped', 'reasoning', 'The model does not reason.');
    return { maxTokens };
  }
  if (able.adaptive || !able.budget) {
    const effort = encodeEffort(reasoning, able.efforts, maxTokens, notes);
    return {
      // Newer models show no thinking unless asked; the caller sees it unless `exclude` says otherwise.
      ...(able.adaptive && {
        thinking: { type: 'adaptive', display: reasoning.exclude ? 'omitted' : 'summarized' } as const,
      }),
      ...(effort !== undefined && { effort }),
      maxTokens,
    };
  }
  return encodeBudget(reasoning, traits, maxTokens, notes);
}

function encodeBudget(
  reasoning: ReasoningRequest,
  traits: ModelTraits,
  maxTokens: number,
  notes: NoteSink,
): EncodedReasoning {
  const asked = reasoning.maxTokens ?? Math.floor(maxTokens * RATIOS[effortOf(reasoning)]);
  let budget = Math.max(Math.min(asked, MAX_BUDGET), MIN_BUDGET);
  if (reasoning.maxTokens !== undefined && budget !== reasoning.maxTokens) {
    notes.add('parameter.changed', 'reasoning.max_tokens', `The budget must lie in 1024–128000; sent as ${budget}.`);
  }
  if (maxTokens > budget) return { thinking: { type: 'enabled', budget_tokens: budget }, maxTokens };
  // The limit must exceed the budget: the caller's limit then counts for the answer, the budget comes on top.
  const raised = Math.min(budget + maxTokens, traits.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  if (budget >= raised) budget = Math.max(MIN_BUDGET, raised - Math.min(maxTokens, MIN_BUDGET));
  if (budget >= raised) {
    notes.add('parameter.dropped', 'reasoning', 'The output limit leaves no room for a reasoning budget.');
    return { maxTokens };
  }
  notes.add('parameter.changed', 'max_tokens', `Must exceed the reasoning budget of ${budget}; sent as ${raised}.`);
  return { thinking: { type: 'enabled', budget_tokens: budget }, maxTokens: raised };
}

function encodeEffort(
  reasoning: ReasoningRequest,
  efforts: readonly string[] | undefined,
  maxTokens: number,
  notes: NoteSink,
): string | undefined {
  const field = reasoning.effort === undefined && reasoning.maxTokens !== undefined ? 'max_tokens' : 'effort';
  if (!efforts || efforts.length === 0) {
    if (reasoning.effort !== undefined || reasoning.maxTokens !== undefined) {
      notes.add('parameter.dropped', `reasoning.${field}`, 'The model decides by itself how much it reasons.');
    }
    return undefined;
  }
  const wanted = field === 'max_tokens' ? nearestRatio((reasoning.maxTokens ?? 0) / maxTokens) : effortOf(reasoning);
  const sent = nearestEffort(wanted, efforts);
  if (field === 'max_tokens') {
    notes.add('parameter.changed', 'reasoning.max_tokens', `The model takes no token budget; sent as effort ${sent}.`);
  } else if (reasoning.effort !== undefined && sent !== reasoning.effort) {
    notes.add('parameter.changed', 'reasoning.effort', `The model does not know ${reasoning.effort}; sent as ${sent}.`);
  }
  return sent;
}

/** `enabled: true` alone means medium. */
function effortOf(reasoning: ReasoningRequest): Exclude<Effort, 'none'> {
  return reasoning.effort === undefined || reasoning.effort === 'none' ? 'medium' : reasoning.effort;
}

function nearestRatio(ratio: number): Exclude<Effort, 'none'> {
  let best: Exclude<Effort, 'none'> = 'minimal';
  for (const effort of ORDER) if (Math.abs(RATIOS[effort] - ratio) < Math.abs(RATIOS[best] - ratio)) best = effort;
  return best;
}

/** The nearest supported effort; of two equally near ones the lower, which costs less. */
function nearestEffort(wanted: Exclude<Effort, 'none'>, efforts: readonly string[]): string {
  const rank = ORDER.indexOf(wanted);
  let best: string | undefined;
  let distance = Number.POSITIVE_INFINITY;
  for (const [position, effort] of ORDER.entries()) {
    if (!efforts.includes(effort) || Math.abs(position - rank) >= distance) continue;
    best = effort;
    distance = Math.abs(position - rank);
  }
  return best ?? wanted;
}
