/** Thinking that comes back with a turn: signed by this grammar's owner, sealed here for another grammar, or neither. */
import type { ReasoningDetail } from '../../../core/chat.ts';
import { THINKING_FORMAT } from '../../shared/claude/thinking.ts';
import { unsealReasoning } from '../../shared/reasoning-seal.ts';
import type { WireThinkingBlock } from './schema.ts';

export interface DecodedThinking {
  /** What a reader sees. */
  readonly text: string;
  readonly details: readonly ReasoningDetail[];
}

/** @param index position of the block among the turn's: it keeps neighbours apart */
export function decodeThinking({ thinking: text, signature }: WireThinkingBlock, index: number): DecodedThinking {
  const sealed = signature ? unsealReasoning(signature) : null;
  // What the seal holds is what was signed, whatever became of the readable text.
  if (sealed) return { text: text || sealed.map(readable).join(''), details: sealed };
  if (!signature && text === '') return { text, details: [] };
  const format = signature ? THINKING_FORMAT : 'unknown';
  return { text, details: [{ type: 'reasoning.text', text, ...(signature && { signature }), format, index }] };
}

export function decodeRedacted(data: string, index: number): readonly ReasoningDetail[] {
  return unsealReasoning(data) ?? [{ type: 'reasoning.encrypted', data, format: THINKING_FORMAT, index }];
}

function readable(detail: ReasoningDetail): string {
  if (detail.type === 'reasoning.text') return detail.text ?? '';
  return detail.type === 'reasoning.summary' ? detail.summary : '';
}
