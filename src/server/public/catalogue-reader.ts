/** Who may read the catalogue, in whatever grammar it is told. */
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import { type AuthPorts, authenticate, credentialOf } from '../authenticate.ts';

/**
 * The key of whoever reads; null where none was sent and none is needed. One that was sent is checked all the same:
 * integrations test their key with these routes.
 * @throws GatewayError `auth.unauthenticated`
 */
export function readerOf(headers: Headers, auth: AuthPorts, isPublic: boolean): KeyRecord | null {
  if (credentialOf(headers) !== null) return authenticate(headers, auth).key;
  if (isPublic) return null;
  throw new GatewayError(
    'auth.unauthenticated',
    'The catalogue needs an API key here: send one as "Authorization: Bearer sk-or-v1-…", or set public_catalogue: true.',
  );
}
