/** Errors in OpenRouter's form (OpenRouter's API). */
import type { GatewayError } from '../../core/errors.ts';
import { type JsonObject, type MutableJsonObject, objectAt } from '../../core/json.ts';

/**
 * The body of a failed reply. `extra` joins it at the top (`user_id`, `openrouter_metadata`); its member `metadata` joins
 * the error's own (`previous_errors`).
 */
export function encodeChatError(error: GatewayError, extra: JsonObject = {}): JsonObject {
  const { metadata: _, openrouter_metadata: router, ...top } = extra;
  if (isMasked(error)) return { error: errorMember(error, undefined), ...top };
  return {
    error: errorMember(error, objectAt(extra, 'metadata')),
    ...top,
    ...(router !== undefined && { openrouter_metadata: router }),
  };
}

/** The `error` member, the same in a body and in a stream's last frame. */
export function errorMember(error: GatewayError, more: JsonObject | undefined): JsonObject {
  if (isMasked(error)) {
    return { code: error.status, message: 'Internal Server Error', metadata: { error_type: error.spec.type } };
  }
  const { details } = error;
  const metadata: MutableJsonObject = { error_type: error.spec.type };
  if (details.providerName !== undefined) metadata['provider_name'] = details.providerName;
  if (details.providerCode !== undefined) metadata['provider_code'] = details.providerCode;
  // The older shape, which OpenRouter's own AI SDK provider still reads to build its error text.
  if (details.raw !== undefined) metadata['raw'] = details.raw;
  return {
    code: error.status,
    message: error.message,
    metadata: { ...metadata, ...more, ...details.metadata },
    ...(details.availability && { availability: details.availability }),
  };
}

/** What went wrong inside is for the log, not for the caller. */
function isMasked(error: GatewayError): boolean {
  return error.code === 'gateway.internal';
}
