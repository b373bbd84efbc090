/**
 * Signed thinking goes back unmodified, in order and first in its turn, and only to the signer it came from (docs/sources.md,
 * §11.2). Everything else that an assistant turn reasoned is left out: the grammar takes no unsigned thinking.
 */
import type { AssistantMessage, ReasoningDetail } from '../../../core/chat.ts';
import { foldDetail } from '../../../core/fold.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { THINKING_FORMAT, type WireRedactedThinking, type WireThinking } from '../wire-types.ts';
import type { NoteSink } from './notes.ts';

export function encodeReasoningReplay(
  message: AssistantMessage,
  context: UpstreamContext,
  field: string,
  notes: NoteSink,
): (WireThinking | WireRedactedThinking)[] {
  const format = context.host.quirks.reasoningFormat ?? THINKING_FORMAT;
  // Callers who collect a stream often keep its fragments apart.
  const details: ReasoningDetail[] = [];
  for (const detail of message.reasoningDetails) foldDetail(details, detail);
  const blocks: (WireThinking | WireRedactedThinking)[] = [];
  for (const [index, detail] of details.entries()) {
    const block = detail.format === format ? toBlock(detail) : undefined;
    if (block) blocks.push(block);
    else {
      const why = detail.format === format ? 'it carries no signature' : 'another provider signed it';
      notes.add('reasoning.dropped', `${field}.reasoning_details[${index}]`, `Not sent back: ${why}.`);
    }
  }
  if (details.length === 0 && message.reasoning) {
    notes.add('reasoning.dropped', `${field}.reasoning`, 'Reasoning without a signature is not accepted back.');
  }
  return blocks;
}

function toBlock(detail: ReasoningDetail): WireThinking | WireRedactedThinking | undefined {
  switch (detail.type) {
    case 'reasoning.text':
      if (!detail.signature) return undefined;
      return { type: 'thinking', thinking: detail.text ?? '', signature: detail.signature };
    case 'reasoning.encrypted':
      return { type: 'redacted_thinking', data: detail.data };
    case 'reasoning.summary':
      return undefined;
  }
}
