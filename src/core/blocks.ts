/** A choice's parts in the order in which they came, for grammars that write them as a list. */
import type { Choice, ReasoningDetail, ToolCall } from './chat.ts';

export type Block =
  | { readonly type: 'reasoning'; readonly details: readonly ReasoningDetail[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall };

/**
 * Reasoning that came as text alone is one detail of format `unknown`. Neighbours of a kind are one block, but each tool call
 * is its own.
 */
export function blocksOf(
  choice: Pick<Choice, 'content' | 'reasoning' | 'reasoningDetails' | 'toolCalls' | 'order'>,
): Block[] {
  const details = detailsOf(choice);
  const text = choice.content ?? '';
  const { toolCalls, order = [] } = choice;
  const blocks: Block[] = [];
  const at = { reasoning: 0, content: 0, tools: 0 };
  const take = (of: keyof typeof at, count: number): void => {
    const from = at[of];
    at[of] += count;
    if (of === 'reasoning' && from < details.length) {
      blocks.push({ type: 'reasoning', details: details.slice(from, from + count) });
    } else if (of === 'content' && from < text.length) {
      blocks.push({ type: 'text', text: text.slice(from, from + count) });
    } else if (of === 'tools') {
      for (const call of toolCalls.slice(from, from + count)) blocks.push({ type: 'tool-call', call });
    }
  };
  for (const { of, count } of order) take(of, count);
  // What no run names follows in the usual order: an edit may have made a part longer.
  take('reasoning', details.length);
  take('content', text.length);
  take('tools', toolCalls.length);
  return blocks;
}

function detailsOf({
  reasoning,
  reasoningDetails,
}: Pick<Choice, 'reasoning' | 'reasoningDetails'>): readonly ReasoningDetail[] {
  if (reasoningDetails.length > 0 || !reasoning) return reasoningDetails;
  return [{ type: 'reasoning.text', text: reasoning, format: 'unknown' }];
}
