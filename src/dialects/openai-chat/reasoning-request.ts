/** The request's reasoning in the host's words (docs/sources.md). Used by both lanes. */
import type { Effort, ReasoningRequest } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Note, Translated } from '../../core/note.ts';
import type { UpstreamContext } from '../dialect.ts';

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

/**
 * Body members that ask for this reasoning at this host, none where the host has no way to ask.
 * `exclude` is not sent: the gateway leaves reasoning out of the reply itself.
 */
export function encodeReasoning(
  reasoning: ReasoningRequest,
  maxOutputTokens: number | undefined,
  context: UpstreamContext,
): Translated<JsonObject> {
  const { quirks, providerName } = context.host;
  const notes: Note[] = [];
  // Only how to show it was asked: to switch thinking on for that would be billed.
  if (reasoning.byDefault) return { value: {}, notes };
  const effort = effortOf(reasoning, maxOutputTokens);
  const enabled = reasoning.enabled;
  const style = quirks.reasoningStyle ?? 'reasoning_effort';
  const budget = reasoning.maxTokens ?? Math.round(EFFORT_RATIO[effort] * (maxOutputTokens ?? ASSUMED_OUTPUT_TOKENS));
  switch (style) {
    case 'reasoning_effort':
      return { value: effortMember(enabled ? effort : 'none', context, notes), notes };
    case 'reasoning_object':
      return { value: { reasoning: reasoningObject(reasoning) }, notes };
    case 'reasoning_enabled_and_effort':
      return {
        value: { reasoning: { enabled }, ...(enabled && reasoning.effort && effortMember(effort, context, notes)) },
        notes,
      };
    case 'enable_thinking':
      return { value: { enable_thinking: enabled, ...(enabled && { thinking_budget: budget }) }, notes };
    case 'thinking_type':
      return { value: { thinking: { type: enabled ? 'enabled' : 'disabled' } }, notes };
    case 'thinking_type_and_effort':
      return {
        value: {
          thinking: { type: enabled ? 'enabled' : 'disabled' },
          ...(enabled && reasoning.effort && effortMember(effort, context, notes)),
        },
        notes,
      };
    case 'chat_template_kwargs':
      return { value: { chat_template_kwargs: { enable_thinking: enabled } }, notes };
    case 'none':
      notes.push({
        code: 'parameter.dropped',
        field: 'reasoning',
        message: `${providerName} has no way to ask for reasoning`,
      });
      return { value: {}, notes };
  }
}

function effortOf(reasoning: ReasoningRequest, maxOutputTokens: number | undefined): Effort {
  if (reasoning.effort) return reasoning.effort;
  if (reasoning.maxTokens === undefined) return 'medium';
  const share = reasoning.maxTokens / (maxOutputTokens ?? ASSUMED_OUTPUT_TOKENS);
  return EFFORTS.find((effort) => EFFORT_RATIO[effort] >= share) ?? 'max';
}

/** The nearest effort the model takes; none where turning reasoning off is not possible. */
function effortMember(effort: Effort, context: UpstreamContext, notes: Note[]): JsonObject {
  const { reasoning } = context.traits;
  const efforts = reasoning?.efforts;
  if (!efforts || efforts.length === 0) return { reasoning_effort: effort };
  if (efforts.includes(effort)) return { reasoning_effort: effort };
  const at = EFFORTS.indexOf(effort);
  const nearest = [...efforts].sort((a, b) => distance(a, at) - distance(b, at))[0];
  if (effort === 'none' && !reasoning?.mandatory && nearest !== 'minimal') return {};
  notes.push({
    code: 'parameter.changed',
    field: 'reasoning.effort',
    message: `${effort} is not among ${efforts.join(', ')}; ${nearest} is sent`,
  });
  return { reasoning_effort: nearest };
}

function distance(effort: string, at: number): number {
  const known: readonly string[] = EFFORTS;
  const found = known.indexOf(effort);
  return found < 0 ? EFFORTS.length : Math.abs(found - at);
}

function reasoningObject(reasoning: ReasoningRequest): JsonObject {
  if (!reasoning.enabled) return { enabled: false };
  return {
    ...(reasoning.effort && { effort: reasoning.effort }),
    ...(reasoning.maxTokens !== undefined && { max_tokens: reasoning.maxTokens }),
    ...(!reasoning.effort && reasoning.maxTokens === undefined && { enabled: true }),
    ...(reasoning.summary && { summary: reasoning.summary }),
  };
}
