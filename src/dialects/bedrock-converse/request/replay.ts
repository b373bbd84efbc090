/** What of an assistant turn's reasoning goes back (shared/claude/signed-reasoning.ts). */
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { WireReasoning } from '../wire-types.ts';

export function toReasoningBlock(detail: ReasoningDetail): WireReasoning | undefined {
  switch (detail.type) {
    case 'reasoning.text':
      if (!detail.signature) return undefined;
      return { reasoningContent: { reasoningText: { text: detail.text ?? '', signature: detail.signature } } };
    case 'reasoning.encrypted':
      return { reasoningContent: { redactedContent: detail.data } };
    case 'reasoning.summary':
      return undefined;
  }
}
