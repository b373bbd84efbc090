/** `reasoning` as `thinkingConfig` (docs/sources.md): levels from Gemini 3 on, a token budget on 2.5. */
import type { ChatRequest, Effort, ReasoningRequest } from '../../../core/chat.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { thinkingControl } from '../model-family.ts';
import type { WireThinkingConfig } from '../wire-types.ts';

/** Shares of max_tokens that OpenRouter documents for each effort (OpenRouter's API). */
const RATIOS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
};

const LEVELS = ['minimal', 'low', 'medium', 'high'] as const;

/** Budgets that every 2.5 model takes (flash-lite from 512, flash up to 24,576; pro up to 32,768). */
const MIN_DERIVED_BUDGET = 512;
const MAX_BUDGET = 24_576;
const MAX_BUDGET_PRO = 32_768;
/** The least that 2.5 Pro takes: it cannot stop thinking. */
const MIN_MANDATORY_BUDGET = 128;
/** Output limit of the 2.5 family, where neither the caller nor the catalogue gives one. */
const DEFAULT_OUTPUT_LIMIT = 65_536;

export function encodeReasoning(
  request: ChatRequest,
  context: UpstreamContext,
  notes: Notebook,
): WireThinkingConfig | undefined {
  const { reasoning } = request;
  if (!reasoning) return undefined;
  const control = thinkingControl(context);
  if (control === 'none' && !context.traits.reasoning) {
    if (reasoning.enabled) notes.add('parameter.dropped', 'reasoning', 'This model does not reason.');
    return undefined;
  }
  if (reasoning.summary !== undefined) {
    notes.add('parameter.dropped', 'reasoning.summary', 'Gemini returns its thoughts as summaries of one kind.');
  }
  if (!reasoning.enabled) return disabled(control, context, notes);
  const shown = { includeThoughts: !reasoning.exclude };
  if (reasoning.byDefault || control === 'none') {
    if (!reasoning.byDefault) {
      notes.add('parameter.changed', 'reasoning', 'How much this model reasons cannot be set; it decides itself.');
    }
    return shown;
  }
  const limit = request.maxOutputTokens ?? context.traits.maxOutputTokens ?? DEFAULT_OUTPUT_LIMIT;
  if (control === 'budget' || (reasoning.maxTokens !== undefined && context.traits.reasoning?.budget)) {
    return { ...shown, thinkingBudget: budgetOf(reasoning, limit, context, notes) };
  }
  const level = levelOf(reasoning, limit, context, notes);
  return level === undefined ? shown : { ...shown, thinkingLevel: level.toUpperCase() };
}

function budgetOf(reasoning: ReasoningRequest, limit: number, context: UpstreamContext, notes: Notebook): number {
  const asked = reasoning.maxTokens;
  if (asked === undefined) {
    const share = Math.floor(limit * RATIOS[reasoning.effort ?? 'medium']);
    return Math.min(Math.max(share, MIN_DERIVED_BUDGET), MAX_BUDGET);
  }
  const most = /\bpro\b/.test(context.upstreamModel) ? MAX_BUDGET_PRO : MAX_BUDGET;
  if (asked <= most) return asked;
  notes.add('parameter.changed', 'reasoning.max_tokens', `Lowered to ${most}, the most that this model takes.`);
  return most;
}

/** The level the model takes that is nearest to the effort asked for; on a tie the higher one. */
function levelOf(
  reasoning: ReasoningRequest,
  limit: number,
  context: UpstreamContext,
  notes: Notebook,
): string | undefined {
  const levels = levelsOf(context);
  const ratio = reasoning.effort
    ? RATIOS[reasoning.effort]
    : reasoning.maxTokens === undefined
      ? RATIOS.medium
      : reasoning.maxTokens / limit;
  let best: (typeof LEVELS)[number] | undefined;
  for (const level of levels) {
    if (best === undefined || Math.abs(RATIOS[level] - ratio) <= Math.abs(RATIOS[best] - ratio)) best = level;
  }
  if (best === undefined) return undefined;
  if (reasoning.maxTokens !== undefined && !reasoning.effort) {
    notes.add(
      'parameter.changed',
      'reasoning.max_tokens',
      `This model takes levels, not budgets: "${best}" is nearest.`,
    );
  } else if (reasoning.effort && reasoning.effort !== best) {
    notes.add(
      'parameter.changed',
      'reasoning.effort',
      `"${reasoning.effort}" became "${best}", the nearest level here.`,
    );
  }
  return best;
}

/** From least to most; every Gemini 3 model takes low and high. */
function levelsOf(context: UpstreamContext): readonly (typeof LEVELS)[number][] {
  const efforts = context.traits.reasoning?.efforts?.map((effort) => effort.toLowerCase());
  if (!efforts || efforts.length === 0) return ['low', 'high'];
  return LEVELS.filter((level) => efforts.includes(level));
}

function disabled(
  control: ReturnType<typeof thinkingControl>,
  context: UpstreamContext,
  notes: Notebook,
): WireThinkingConfig | undefined {
  const cannot = 'This model cannot stop reasoning; it was asked for the least.';
  const mandatory = context.traits.reasoning?.mandatory ?? /\b2\.5-pro\b/.test(context.upstreamModel);
  switch (control) {
    case 'none':
      if (context.traits.reasoning)
        notes.add('parameter.dropped', 'reasoning', 'This model offers no way to turn reasoning off.');
      return undefined;
    case 'budget':
      if (!mandatory) return { thinkingBudget: 0 };
      notes.add('parameter.changed', 'reasoning.enabled', cannot);
      return { thinkingBudget: MIN_MANDATORY_BUDGET };
    case 'levels': {
      notes.add('parameter.changed', 'reasoning.enabled', cannot);
      const [least] = levelsOf(context);
      return least === undefined ? undefined : { thinkingLevel: least.toUpperCase() };
    }
  }
}
