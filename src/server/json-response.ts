import type { JsonObject } from '../core/json.ts';
import { CORS_HEADERS } from './error-response.ts';

export function jsonResponse(status: number, body: JsonObject): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...CORS_HEADERS },
  });
}
