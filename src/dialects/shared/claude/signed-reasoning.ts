/**
 * Signed thinking goes back unmodified, in order and first in its turn, and only to the signer it came from (docs/sources.md).
 * Everything else that an assistant turn reasoned is left out: the grammars that use this take no unsigned thinking.
 */
import type { AssistantMessage, ReasoningDetail } from '../../../core/chat.ts';
import { foldDetail } from '../../../core/fold.ts';
import type { NoteSink } from '../notebook.ts';

/**
 * @param format the signer; null where the host takes no reasoning back
 * @param toBlock undefined for a detail without a signature
 */
export function encodeReasoningReplay<Block>(
  message: AssistantMessage,
  format: string | null,
  toBlock: (detail: ReasoningDetail) => Block | undefined,
  field: string,
  notes: NoteSink,
): Block[] {
  // Callers who collect a stream often keep its fragments apart.
  const details: ReasoningDetail[] = [];
  for (const detail of message.reasoningDetails) foldDetail(details, detail);
  const blocks: Block[] = [];
  for (const [index, detail] of details.entries()) {
    const isOwn = format !== null && detail.format === format;
    const block = isOwn ? toBlock(detail) : undefined;
    if (block) blocks.push(block);
    else {
      const why = isOwn ? 'it carries no signature' : 'another provider signed it';
      const told = format === null ? 'the model takes none back' : why;
      notes.add('reasoning.dropped', `${field}.reasoning_details[${index}]`, `Not sent back: ${told}.`);
    }
  }
  if (details.length === 0 && message.reasoning) {
    notes.add('reasoning.dropped', `${field}.reasoning`, 'Reasoning without a signature is not accepted back.');
  }
  return blocks;
}
