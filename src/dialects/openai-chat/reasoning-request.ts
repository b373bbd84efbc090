/** The request's reasoning in the host's words (docs/sources.md). Used by both lanes. */
import type { Effort, ReasoningRequest } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Note, Translated } from '../../core/note.ts';
import type { UpstreamContext } from '../dialect.ts';
import { budgetOf, effortOf, effortTaken } from '../shared/upstream/effort.ts';

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
  const budget = reasoning.maxTokens ?? budgetOf(effort, maxOutputTokens);
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

function effortMember(effort: Effort, context: UpstreamContext, notes: Note[]): JsonObject {
  const taken = effortTaken(effort, context.traits, notes);
  return taken === undefined ? {} : { reasoning_effort: taken };
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
