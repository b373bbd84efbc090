/** Errors in OpenRouter's form (OpenRouter's API). */
import type { GatewayError } from '../../../core/errors.ts';
import type { JsonObject, MutableJsonObject } from '../../../core/json.ts';

/** The body of a failed reply. */
export function encodeChatError(error: GatewayError, routerMetadata?: JsonObject): JsonObject {
  return { error: errorMember(error), ...besideError(error, routerMetadata) };
}

/** How it was routed, at the top of an error's body or frame. */
export function besideError(error: GatewayError, routerMetadata: JsonObject | undefined): JsonObject {
  return routerMetadata && !isMasked(error) ? { openrouter_metadata: routerMetadata } : {};
}

/** The `error` member, the same in a body and in a stream's last frame. */
export function errorMember(error: GatewayError): JsonObject {
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
    metadata: { ...metadata, ...details.metadata },
    ...(details.availability && { availability: details.availability }),
  };
}

/** What went wrong inside is for the log, not for the caller. */
function isMasked(error: GatewayError): boolean {
  return error.code === 'gateway.internal';
}
