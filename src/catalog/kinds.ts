/** Which kinds of exchange an endpoint serves: its outputs tell. */
import { type ExchangeKind, WHOLE_KINDS } from '../core/exchange-kind.ts';
import type { Endpoint, Modality } from './model.ts';

const OF_WHOLE_KINDS: readonly Modality[] = WHOLE_KINDS;

export function servesKind(
  { outputModalities, outputIsAssumed }: Pick<Endpoint, 'outputModalities' | 'outputIsAssumed'>,
  kind: ExchangeKind,
): boolean {
  if (kind === 'chat') return outputModalities.some((modality) => !OF_WHOLE_KINDS.includes(modality));
  return outputIsAssumed === true || outputModalities.includes(kind);
}
