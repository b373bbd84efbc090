/**
 * Thinking of a host that signs it in its own way: to the caller its signature is sealed with its format, so that it comes back
 * to such a host only. The grammar's owner's signatures pass as they are.
 */
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import { stringAt } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { THINKING_FORMAT } from '../../shared/claude/thinking.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';

/** The format to seal with; undefined where nothing is to be sealed. */
export function foreignFormat({ host }: UpstreamContext): string | undefined {
  const { reasoningFormat } = host.quirks;
  return reasoningFormat === THINKING_FORMAT ? undefined : reasoningFormat;
}

export function sealThinking(text: string, signature: string, format: string): string {
  const detail: ReasoningDetail = { type: 'reasoning.text', text, ...(signature && { signature }), format };
  return sealReasoning([detail]);
}

export function sealRedacted(data: string, format: string): string {
  return sealReasoning([{ type: 'reasoning.encrypted', data, format }]);
}

/** A whole block with its proof sealed. */
export function withSeal(block: JsonObject, format: string | undefined): JsonObject {
  if (format === undefined) return block;
  if (block['type'] === 'thinking') {
    const signature = sealThinking(stringAt(block, 'thinking') ?? '', stringAt(block, 'signature') ?? '', format);
    return { ...block, signature };
  }
  if (block['type'] === 'redacted_thinking') {
    return { ...block, data: sealRedacted(stringAt(block, 'data') ?? '', format) };
  }
  return block;
}
