/** Whether a key may spend: the refusal in words, from what Balances says (OpenRouter's API). */
import type { KeyRecord } from '../core/caller.ts';
import { GatewayError } from '../core/errors.ts';
import { formatNanoUsd } from '../core/money.ts';
import type { Balances } from './balances.ts';

/** Undefined where the key may spend `estimateNanoUsd` more. */
export function refuseOverLimit(balances: Balances, key: KeyRecord, estimateNanoUsd: bigint): GatewayError | undefined {
  const admission = balances.admit(key, estimateNanoUsd);
  if (admission === 'ok') return undefined;
  const { window, limitNanoUsd, spentNanoUsd, resetsAtMs } = admission;
  const limit = `$${formatNanoUsd(limitNanoUsd)}${window === 'total' ? '' : ` ${window}`}`;
  const when =
    resetsAtMs === null ? 'Raise the limit' : `It resets at ${new Date(resetsAtMs).toISOString()}; or raise it`;
  return new GatewayError(
    'auth.payment_required',
    `Key limit exceeded: ${key.label} has a limit of ${limit} and has spent $${formatNanoUsd(spentNanoUsd)}. ${when} with a management key.`,
  );
}
