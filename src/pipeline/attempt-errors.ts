/** How an attempt's own troubles are told. */
import { GatewayError } from '../core/errors.ts';

export function tooLate(name: string): GatewayError {
  return new GatewayError('provider.timeout', `${name} did not answer in time.`, { providerName: name });
}

export function isConnectionError(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string';
}

/** An error found in a provider's bytes, with its name: who read them did not know whose they were. */
export function ofProvider(error: GatewayError, name: string): GatewayError {
  if (error.details.providerName !== undefined || error.spec.blame !== 'provider') return error;
  return new GatewayError(error.code, `${name}: ${error.message}`, { ...error.details, providerName: name });
}
