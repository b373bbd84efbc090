/** What an error says about whom. */
import type { ErrorCode, GatewayError } from '../core/errors.ts';

/**
 * `failure`: the endpoint's own. `limited`: the key was asked to slow down there. `refused`, `denied`, `unpaid`: the
 * key is not accepted at all, not for this, or out of funds. `answered`: the host works and refused the caller's
 * request. `silent`: nothing about either, as when the caller went away.
 */
export type Verdict = 'failure' | 'limited' | 'refused' | 'denied' | 'unpaid' | 'answered' | 'silent';

export function verdictOf({ code, spec, details }: GatewayError): Verdict {
  switch (spec.blame) {
    case 'provider':
      return providerVerdict(code, details.providerStatus);
    case 'client':
      // What never reached the provider, or was never answered, has another prefix.
      return code.startsWith('provider.') ? 'answered' : 'silent';
    case 'gateway':
      return 'silent';
  }
}

/** A rate limit is no downtime: OpenRouter leaves 429 out of its uptime as well. */
function providerVerdict(code: ErrorCode, providerStatus: number | undefined): Verdict {
  switch (code) {
    case 'provider.rate_limited':
      return 'limited';
    case 'provider.credential':
      return providerStatus === 403 ? 'denied' : 'refused';
    case 'provider.payment_required':
      return 'unpaid';
    default:
      return 'failure';
  }
}
