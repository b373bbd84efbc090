/** Whether a stream's end is proved: one rule for both lanes, so that a cut stream passes as complete in neither. */
import type { EndReason } from '../../../core/chat-events.ts';
import type { Outcome } from '../../dialect.ts';
import { cutError } from '../upstream/cut-error.ts';

export interface StreamSoFar {
  readonly choices: readonly { readonly isFinished: boolean; readonly hasSaid: boolean }[];
  /** The grammar's terminator came. */
  readonly isTerminated: boolean;
  /** Any event came at all. */
  readonly hasBegun: boolean;
  readonly providerName: string;
}

/**
 * Complete where the bytes ended by themselves and every choice named its finish, or the terminator came after something
 * was said; else the error that says how it ended.
 */
export function proveEnd(reason: EndReason, { choices, isTerminated, hasBegun, providerName }: StreamSoFar): Outcome {
  const isProved =
    choices.length > 0 &&
    (choices.every((choice) => choice.isFinished) ||
      (isTerminated && choices.some((choice) => choice.hasSaid || choice.isFinished)));
  if (reason === 'upstream-end' && isProved) return 'complete';
  return cutError(reason, hasBegun, providerName);
}
