/** How an attempt's own troubles are told. */
import { GatewayError } from '../core/errors.ts';

export function tooLate(name: string): GatewayError {
  return new GatewayError('provider.timeout', `${name} did not answer in time.`, { providerName: name });
}

export function isConnectionError(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string';
}
