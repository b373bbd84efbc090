/** Why an answer ended, in this grammar's words. */
import type { FinishReason } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { MessagesFields } from './schema.ts';

/** The grammar's own words, with what each means. */
const WORDS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  compaction: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

/** Null for an answer that broke off: the grammar has no word that says so. */
const BY_FINISH: Readonly<Record<FinishReason, string | null>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  error: null,
};

/** The host's own word where it is one of this grammar's and means what the answer ended with. */
export function stopReasonOf(finishReason: FinishReason | null, native: string | null): string | null {
  if (finishReason === null) return null;
  if (native !== null && Object.hasOwn(WORDS, native) && WORDS[native] === finishReason) return native;
  return BY_FINISH[finishReason];
}

/** Whether the word is one of this grammar's. */
export function isStopWord(word: string): boolean {
  return Object.hasOwn(WORDS, word);
}

export interface Ending {
  readonly finishReason: FinishReason | null;
  readonly nativeFinishReason: string | null;
  /** What the model said instead of answering. */
  readonly refusal: string;
}

/** The members of a message that say how it ended. */
export function endingMembers(ending: Ending, wire: Pick<MessagesFields, 'stop_sequences'>): JsonObject {
  const stopReason = ending.refusal ? 'refusal' : stopReasonOf(ending.finishReason, ending.nativeFinishReason);
  const sequences = wire.stop_sequences ?? [];
  return {
    stop_reason: stopReason,
    // Which of several sequences was met, nobody says in another grammar.
    stop_sequence: stopReason === 'stop_sequence' && sequences.length === 1 ? (sequences[0] ?? null) : null,
    stop_details:
      stopReason === 'refusal' ? { type: 'refusal', category: null, explanation: ending.refusal || null } : null,
  };
}
