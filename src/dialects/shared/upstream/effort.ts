/** Efforts and token budgets of reasoning: what one is in terms of the other, and which of them a model takes. */
import type { Effort, ReasoningRequest } from '../../../core/chat.ts';
import type { Note } from '../../../core/note.ts';
import type { ModelTraits } from '../../host.ts';

/** OpenRouter's documented share of max_tokens per effort (OpenRouter's API). */
const EFFORT_RATIO: Readonly<Record<Effort, number>> = {
  max: 0.95,
  xhigh: 0.95,
  high: 0.8,
  medium: 0.5,
  low: 0.2,
  minimal: 0.1,
  none: 0,
};
/** From the least to the most. */
const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
/** Output assumed for a budget's share where the caller set no limit. */
const ASSUMED_OUTPUT_TOKENS = 16_384;

/** The effort that was asked for, or the one that a budget comes closest to. */
export function effortOf(reasoning: ReasoningRequest, maxOutputTokens: number | undefined): Effort {
  if (reasoning.effort) return reasoning.effort;
  if (reasoning.maxTokens === undefined) return 'medium';
  const share = reasoning.maxTokens / (maxOutputTokens ?? ASSUMED_OUTPUT_TOKENS);
  return EFFORTS.find((effort) => EFFORT_RATIO[effort] >= share) ?? 'max';
}

export function budgetOf(effort: Effort, maxOutputTokens: number | undefined): number {
  return Math.round(EFFORT_RATIO[effort] * (maxOutputTokens ?? ASSUMED_OUTPUT_TOKENS));
}

/** The nearest effort the model takes; undefined where nothing is to be said: turning reasoning off is not possible. */
export function effortTaken(effort: Effort, traits: ModelTraits, notes: Note[]): string | undefined {
  const { reasoning } = traits;
  const efforts = reasoning?.efforts;
  if (!efforts || efforts.length === 0) return effort;
  if (efforts.includes(effort)) return effort;
  const at = EFFORTS.indexOf(effort);
  // Whoever asks for little reasoning does not ask for none.
  const thinking = effort === 'none' ? efforts : efforts.filter((each) => each !== 'none');
  const nearest = [...thinking].sort((a, b) => distance(a, at) - distance(b, at))[0];
  if (nearest === undefined) return undefined;
  if (effort === 'none' && !reasoning?.mandatory && nearest !== 'minimal') return undefined;
  notes.push({
    code: 'parameter.changed',
    field: 'reasoning.effort',
    message: `${effort} is not among ${efforts.join(', ')}; ${nearest} is sent`,
  });
  return nearest;
}

function distance(effort: string, at: number): number {
  const known: readonly string[] = EFFORTS;
  const found = known.indexOf(effort);
  return found < 0 ? EFFORTS.length : Math.abs(found - at);
}
