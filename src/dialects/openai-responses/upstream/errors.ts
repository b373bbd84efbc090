/** Errors inside a response or its stream: https://platform.openai.com/docs/api-reference/responses-streaming/error. */
import { GatewayError } from '../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { decodeErrorValue } from '../../shared/openai/errors.ts';

/** Words of a failed response that are the caller's mistakes: outside a stream they are answered 400. */
const CALLERS: ReadonlySet<string> = new Set([
  'data_residency_mismatch',
  'empty_image_file',
  'failed_to_download_image',
  'image_file_not_found',
  'image_file_too_large',
  'image_parse_error',
  'image_too_large',
  'image_too_small',
  'invalid_base64_image',
  'invalid_image',
  'invalid_image_format',
  'invalid_image_mode',
  'invalid_image_url',
  'invalid_prompt',
  'invalid_request_error',
  'unsupported_image_media_type',
]);

/** The error of an `error` event, in either of its forms, or of a failed response. */
export function errorOf(value: JsonObject, context: UpstreamContext): GatewayError {
  const inner = objectAt(value, 'error');
  const member = inner ?? value;
  const words = [stringAt(member, 'code'), stringAt(member, 'type')];
  const isCallers = words.some((word) => word !== undefined && CALLERS.has(word));
  return decodeErrorValue(inner ? { error: inner } : value, context, isCallers ? 400 : 0);
}

/** What a whole reply is that is no finished answer; undefined where it is one. */
export function refusedAnswer(body: Json, context: UpstreamContext): GatewayError | undefined {
  const { providerName } = context.host;
  const bad = (what: string): GatewayError =>
    new GatewayError('provider.bad_answer', `${providerName}'s reply ${what}.`, { providerName });
  if (!isJsonObject(body)) return bad('is no JSON object');
  const { error, status } = body;
  if (error !== undefined && error !== null) return errorOf(body, context);
  if (status === 'failed' || status === 'cancelled') return bad(`is a response that has ${status} without a reason`);
  if (!Array.isArray(body['output'])) return bad('has no output');
  // Nobody could come back for it: this gateway keeps no responses.
  if (status === 'queued' || status === 'in_progress') return bad(`is a response that is still ${status}`);
  return undefined;
}
