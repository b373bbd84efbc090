/** Every host's word for why a choice ended → OpenRouter's five (docs/sources.md). */
import type { FinishReason } from '../../../core/chat.ts';

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  stop_token: 'stop',
  completed: 'stop',
  complete: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  token_limit: 'length',
  incomplete: 'length',
  tool_calls: 'tool_calls',
  tool_call: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  function: 'tool_calls',
  content_filter: 'content_filter',
  content_filtered: 'content_filter',
  sensitive: 'content_filter',
  safety: 'content_filter',
  recitation: 'content_filter',
  prohibited_content: 'content_filter',
  refusal: 'content_filter',
  repetition_truncation: 'length',
  error: 'error',
  network_error: 'error',
  abort: 'error',
  aborted: 'error',
  cancelled: 'error',
  failed: 'error',
  insufficient_system_resource: 'error',
  malformed_function_call: 'error',
};

/** A word that nobody knows ended the choice somehow: `stop`, with the word itself kept as the native reason. */
export function toFinishReason(native: string): FinishReason {
  const word = native.toLowerCase();
  return Object.hasOwn(FINISH_REASONS, word) ? (FINISH_REASONS[word] ?? 'stop') : 'stop';
}

/** `tool_calls` where calls were emitted, whatever word a host ends them with (OpenRouter's API). */
export function finishWithCalls(reason: FinishReason, hasToolCalls: boolean): FinishReason {
  return reason === 'stop' && hasToolCalls ? 'tool_calls' : reason;
}
