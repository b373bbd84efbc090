import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';

/** What a management handler answers; it throws GatewayErrors for the rest. */
export interface ManagementResult {
  readonly status: 200 | 201;
  readonly body: JsonObject;
}

/** @throws GatewayError `auth.forbidden` for an inference key */
export function assertManagementKey(caller: KeyRecord): void {
  if (caller.kind === 'management') return;
  throw new GatewayError('auth.forbidden', 'This needs a management key; an inference key was sent.');
}
