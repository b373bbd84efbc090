/** `reasoning` as `thinking` (https://docs.cohere.com/docs/reasoning): on, within a budget of tokens, or off. */
import type { ChatRequest } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { budgetOf } from '../../shared/upstream/effort.ts';

export function encodeThinking(request: ChatRequest, { traits }: UpstreamContext, notes: Notebook): JsonObject {
  const { reasoning, maxOutputTokens } = request;
  if (!reasoning) return {};
  if (reasoning.summary !== undefined) {
    notes.add('parameter.dropped', 'reasoning.summary', 'Thinking is returned as it is, not as a summary.');
  }
  if (reasoning.byDefault) return {};
  if (!traits.reasoning) {
    if (reasoning.enabled) notes.add('parameter.dropped', 'reasoning', 'The model does not reason.');
    return {};
  }
  if (!reasoning.enabled) {
    if (!traits.reasoning.mandatory) return { thinking: { type: 'disabled' } };
    notes.add('parameter.dropped', 'reasoning', 'This model cannot stop reasoning.');
    return {};
  }
  const { maxTokens, effort } = reasoning;
  const limit = maxOutputTokens ?? traits.maxOutputTokens;
  const budget = maxTokens ?? (effort && budgetOf(effort, limit));
  return { thinking: { type: 'enabled', ...(budget && { token_budget: budget }) } };
}
