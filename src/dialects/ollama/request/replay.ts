/** An assistant turn's reasoning as the plain text that the grammar has for it. */
import type { AssistantMessage } from '../../../core/chat.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { plainReasoning } from '../../shared/upstream/plain-reasoning.ts';

/** Plain reasoning is said again, whoever wrote it; what another provider signed or sealed is not for this model. */
export function encodeThinkingReplay(
  { reasoning, reasoningDetails }: AssistantMessage,
  { host }: UpstreamContext,
  field: string,
  notes: Notebook,
): string {
  if (reasoningDetails.length === 0) return reasoning ?? '';
  let thinking = '';
  reasoningDetails.forEach((detail, i) => {
    const text = plainReasoning(detail, host.quirks.reasoningFormat);
    if (text !== undefined) thinking += text;
    else
      notes.add('reasoning.dropped', `${field}.reasoning_details[${i}]`, 'Not sent back: another provider signed it.');
  });
  return thinking;
}
