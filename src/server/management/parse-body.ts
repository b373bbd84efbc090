import type { z } from 'zod';
import { invalidRequest } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { check } from '../../dialects/shared/client/refusal.ts';

/**
 * Parses a body or query with a strict schema.
 * @throws GatewayError `client.invalid_request` with the path of the first field that is wrong
 */
export function parseBody<T>(schema: z.ZodType<T>, body: Json | undefined): T {
  const parsed = check(schema, body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw invalidRequest('body', 'is not valid');
  if (issue.code === 'unrecognized_keys') {
    const path = pathOf([...issue.path, issue.keys[0] ?? '']);
    throw invalidRequest(path, 'is not a known field here');
  }
  throw invalidRequest(pathOf(issue.path), issue.message);
}

function pathOf(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`;
  return text === '' ? 'body' : text;
}
