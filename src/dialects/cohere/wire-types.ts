/** Words of Cohere's chat grammar, version 2 (https://docs.cohere.com/reference/chat), that several files here read. */
import type { FinishReason, ReasoningDetail } from '../../core/chat.ts';
import type { UpstreamContext } from '../dialect.ts';

/** `reasoning_details[].id` of a plan before tool calls, so that it goes back where it came from. */
const PLAN_ID = 'tool_plan';

/** The grammar signs nothing: its reasoning is plain text that any turn may carry. */
export function reasoningFormatOf(context: UpstreamContext): string {
  return context.host.quirks.reasoningFormat ?? 'unknown';
}

export function planDetail(text: string, index: number, format: string): ReasoningDetail {
  return { type: 'reasoning.text', text, id: PLAN_ID, format, index };
}

export function isPlan(detail: ReasoningDetail): boolean {
  return detail.id === PLAN_ID;
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
  ERROR: 'error',
  TIMEOUT: 'error',
  // Words of version 1, which hosts behind old versions still send.
  ERROR_LIMIT: 'length',
  ERROR_TOXIC: 'content_filter',
  USER_CANCEL: 'error',
};

/** A word that nobody knows ended the answer somehow. */
export function toFinishReason(native: string, hasToolCalls: boolean): FinishReason {
  const reason = Object.hasOwn(FINISH_REASONS, native) ? (FINISH_REASONS[native] ?? 'stop') : 'stop';
  return reason === 'stop' && hasToolCalls ? 'tool_calls' : reason;
}
