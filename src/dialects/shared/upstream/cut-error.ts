/** What a stream is told as whose end is not proved, by why its bytes stopped. */
import type { EndReason } from '../../../core/chat-events.ts';
import { GatewayError } from '../../../core/errors.ts';

/** @param hasBegun any event came at all */
export function cutError(reason: EndReason, hasBegun: boolean, providerName: string): GatewayError {
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
