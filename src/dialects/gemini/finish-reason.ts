/** Google's words for why an answer ended → OpenRouter's five. */
import type { FinishReason } from '../../core/chat.ts';

/** See docs/sources.md. Gemini says STOP for tool calls too. */
export function finishReasonOf(name: string, hasCalls: boolean): FinishReason {
  switch (name) {
    case 'STOP':
      return hasCalls ? 'tool_calls' : 'stop';
    case 'MAX_TOKENS':
    case 'CONTINUATION':
      return 'length';
    case 'SAFETY':
    case 'RECITATION':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'MODEL_ARMOR':
    case 'JAILBREAK':
      return 'content_filter';
    default:
      // IMAGE_SAFETY, IMAGE_RECITATION and the like are filters; every other name is a model that went wrong.
      return name.startsWith('IMAGE_') ? 'content_filter' : 'error';
  }
}
