/** Errors in this grammar's form, with OpenRouter's members (https://docs.claude.com/en/api/errors; OpenRouter's API). */
import type { ErrorType, GatewayError } from '../../../core/errors.ts';
import type { JsonObject, MutableJsonObject } from '../../../core/json.ts';

const TYPES: Readonly<Record<ErrorType, string>> = {
  authentication: 'authentication_error',
  permission_denied: 'permission_error',
  payment_required: 'billing_error',
  not_found: 'not_found_error',
  rate_limit_exceeded: 'rate_limit_error',
  provider_overloaded: 'overloaded_error',
  timeout: 'timeout_error',
  context_length_exceeded: 'invalid_request_error',
  max_tokens_exceeded: 'invalid_request_error',
  invalid_request: 'invalid_request_error',
  payload_too_large: 'invalid_request_error',
  unprocessable: 'invalid_request_error',
  content_policy_violation: 'invalid_request_error',
  refusal: 'invalid_request_error',
  provider_unavailable: 'api_error',
  server: 'api_error',
  unmapped: 'api_error',
};

/** The body of a failed reply. */
export function encodeMessagesError(error: GatewayError, routerMetadata?: JsonObject, id?: string): JsonObject {
  const metadata = metadataOf(error);
  return {
    type: 'error',
    error: errorMember(error),
    request_id: id ?? null,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(routerMetadata && !isMasked(error) && { openrouter_metadata: routerMetadata }),
  };
}

/** The in-stream error; nothing follows it. */
export function encodeErrorEvent(error: GatewayError, id: string, routerMetadata?: JsonObject): string {
  return `event: error\ndata: ${JSON.stringify(encodeMessagesError(error, routerMetadata, id))}\n\n`;
}

function errorMember(error: GatewayError): JsonObject {
  const { type } = error.spec;
  const message = isMasked(error) ? 'Internal Server Error' : wordsOf(error);
  const { facts } = error.details;
  return { type: TYPES[type], message, ...(facts && { details: facts }), error_type: type };
}

const TOO_LONG = 'prompt is too long';

/** Clients of this grammar that shorten a conversation which outgrew the model know it by these words. */
function wordsOf(error: GatewayError): string {
  if (error.spec.type !== 'context_length_exceeded' || error.message.includes(TOO_LONG)) return error.message;
  return `${TOO_LONG}: ${error.message}`;
}

function metadataOf(error: GatewayError): JsonObject {
  const metadata: MutableJsonObject = {};
  if (isMasked(error)) return metadata;
  const { providerName, providerCode, raw, availability, metadata: more } = error.details;
  if (providerName !== undefined) metadata['provider_name'] = providerName;
  if (providerCode !== undefined) metadata['provider_code'] = providerCode;
  if (raw !== undefined) metadata['raw'] = raw;
  if (availability) metadata['availability'] = availability;
  return { ...metadata, ...more };
}

/** What went wrong inside is for the log, not for the caller. */
function isMasked(error: GatewayError): boolean {
  return error.code === 'gateway.internal';
}
