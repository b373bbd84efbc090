/** Whether a stream's end is proved: one rule for both lanes, so that a cut stream passes as complete in neither. */
import type { EndReason } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Outcome } from '../dialect.ts';

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
  if (reason === 'client-gone') return new GatewayError('client.gone', 'The caller went away.', { providerName });
  if (reason === 'deadline') {
    const message = `${providerName} did not finish its answer in time.`;
    return new GatewayError('provider.timeout', message, { providerName });
  }
  const message = hasBegun
    ? `${providerName}'s answer broke off before it was complete.`
    : `${providerName} ended the stream without an answer.`;
  return new GatewayError('provider.truncated', message, { providerName });
}
