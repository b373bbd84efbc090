/** What of a reasoning detail a grammar that signs nothing can say again. */
import type { ReasoningDetail } from '../../../core/chat.ts';

/**
 * Plain reasoning is text that anybody may be told, whoever wrote it. Undefined for what another provider signed or sealed.
 * @param own the host's own format, where it has one
 */
export function plainReasoning(detail: ReasoningDetail, own: string | undefined): string | undefined {
  if (detail.format && detail.format !== 'unknown' && detail.format !== own) return undefined;
  switch (detail.type) {
    case 'reasoning.text':
      return detail.signature ? undefined : (detail.text ?? '');
    case 'reasoning.summary':
      return detail.summary;
    case 'reasoning.encrypted':
      return undefined;
  }
}
