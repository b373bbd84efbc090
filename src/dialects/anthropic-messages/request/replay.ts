/** What of an assistant turn's reasoning goes back as a thinking block (shared/claude/signed-reasoning.ts). */
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { WireRedactedThinking, WireThinking } from '../wire-types.ts';

export function toThinkingBlock(detail: ReasoningDetail): WireThinking | WireRedactedThinking | undefined {
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
