/** The door of the grammar: a body is brought to one spelling, checked once, and refused with its field's path. */
import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { check, refusalBy, typeName } from '../../shared/client/refusal.ts';
import { inOneSpelling } from './proto-json.ts';
import { countShape, requestShape } from './shapes.ts';
import { geminiFields, type WireGeminiRequest } from './wire-request.ts';

/**
 * unknown → wire; the route has put `model`, `stream` and `alt` of the address into the body.
 * @throws GatewayError `client.invalid_request` with the field's path
 */
export function parseGeminiRequest(body: Json): WireGeminiRequest {
  const value = objectOf(inOneSpelling(body, requestShape));
  if (!hasGeminiFields(value)) throw refusalBy(geminiFields, value, 'not a generateContent request');
  refusePreset(value);
  return value;
}

/** A preset that is not applied would be another request than the one that was meant. */
function refusePreset({ preset, model, models }: WireGeminiRequest): void {
  const names = [model, ...(models ?? [])];
  if (typeof preset !== 'string' && !names.some((name) => name?.includes('@preset/'))) return;
  throw invalidRequest(
    typeof preset === 'string' ? 'preset' : 'model',
    'presets hold fields of the chat grammar and are not applied to this one; ask /api/v1/chat/completions, or name the model',
  );
}

/**
 * The request whose tokens `countTokens` counts: `generateContentRequest`, else the body's own members.
 * @throws GatewayError `client.invalid_request` with the field's path
 */
export function parseCountRequest(body: Json): WireGeminiRequest {
  const value = objectOf(inOneSpelling(body, countShape));
  const { generateContentRequest: inner, ...own } = value;
  if (inner === undefined || inner === null) return parseGeminiRequest(own);
  if (own['contents'] !== undefined) {
    throw invalidRequest('contents', 'stands beside generateContentRequest; send one of them');
  }
  return parseGeminiRequest(inner);
}

function objectOf(value: Json): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalidRequest('body', `expected a JSON object with \`contents\`, got ${typeName(value)}`);
}

function hasGeminiFields(body: JsonObject): body is WireGeminiRequest {
  return check(geminiFields, body).success;
}
