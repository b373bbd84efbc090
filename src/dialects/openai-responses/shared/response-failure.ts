/** A failure in the grammar's words: the `error` of a failed response, and the body of a failed reply. */
import type { ErrorType, GatewayError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import { besideError, errorMember } from '../../shared/gateway/errors.ts';

/**
 * Codes that clients act on (https://github.com/openai/codex, codex-api/src/sse/responses.rs); everything else they try again.
 * The rest is OpenRouter's map.
 */
function codeOf(type: ErrorType): string {
  switch (type) {
    case 'context_length_exceeded':
    case 'rate_limit_exceeded':
      return type;
    case 'payment_required':
      return 'insufficient_quota';
    case 'invalid_request':
    case 'max_tokens_exceeded':
    case 'payload_too_large':
    case 'unprocessable':
    case 'refusal':
      return 'invalid_prompt';
    case 'content_policy_violation':
      return 'image_content_policy_violation';
    default:
      return 'server_error';
  }
}

/** `error` of a failed response. */
export function failureMember(error: GatewayError): { readonly code: string; readonly message: string } {
  const code = codeOf(error.spec.type);
  const { retryAfterMs } = error.details;
  const { message } = errorMember(error);
  const text = typeof message === 'string' ? message : error.message;
  // Codex reads the time to wait from the text.
  const isTimed = code === 'rate_limit_exceeded' && retryAfterMs !== undefined;
  return { code, message: isTimed ? `${text} Please try again in ${Math.ceil(retryAfterMs / 100) / 10}s.` : text };
}

/** The members of the event `error`, which stands before the failed response as in OpenAI's own streams. */
export function errorEventMembers(error: GatewayError): JsonObject {
  return { ...failureMember(error), param: error.details.field ?? null };
}

/** What OpenRouter says beside the error of a failed response. */
export function besideFailure(error: GatewayError, routerMetadata: JsonObject | undefined): JsonObject {
  return { error_type: error.spec.type, ...besideError(error, routerMetadata) };
}

/** The body of a failed reply: OpenRouter's members, and those by which OpenAI's own clients tell errors. */
export function encodeResponsesError(error: GatewayError, routerMetadata?: JsonObject): JsonObject {
  return {
    error: { ...errorMember(error), type: errorTypeOf(error.status), param: error.details.field ?? null },
    metadata: null,
    ...besideError(error, routerMetadata),
  };
}

function errorTypeOf(status: number): string {
  if (status === 429) return 'rate_limit_error';
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 402) return 'insufficient_quota';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
