/** GET /openapi.json: every mounted route, from the table that mounts them (OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.1). */
import { z } from 'zod';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import { API } from '../path.ts';
import { ROOT, type Route } from '../route.ts';
import { type Operation, TAGS } from './operation.ts';
import { OPERATIONS } from './operations.ts';

export type MountedRoute = Pick<Route, 'method' | 'path'>;

/** Every inference route takes them (OpenRouter's API). */
const INFERENCE_HEADERS: Readonly<Record<string, string>> = {
  'X-OpenRouter-Metadata': 'enabled: say in the answer how it was routed',
  'X-OpenRouter-Cache': 'true: give an equal request the same answer again',
  'X-OpenRouter-Cache-TTL': 'Seconds to keep it',
  'X-OpenRouter-Cache-Clear': 'true: forget what is kept',
  'X-OpenRouter-No-Prompt-Training': 'true: only providers that do not train on prompts',
  'X-Session-Id': 'Conversation that the request belongs to',
  'HTTP-Referer': 'Address of the calling app',
  'X-OpenRouter-Title': 'Name of the calling app',
};

/** @throws RangeError where a route is mounted that nobody described */
export function openApiDocument(routes: readonly MountedRoute[], version: string): JsonObject {
  const paths: MutableJsonObject = {};
  for (const route of routes) {
    const path = templateOf(route);
    const before = paths[path];
    const others = typeof before === 'object' && before !== null ? before : {};
    paths[path] = { ...others, [route.method.toLowerCase()]: encodeOperation(describe(route), path) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Signalbox',
      version,
      description: 'One API in front of every model provider. Paths under /api/v1 answer under /v1 and /api, too.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: ERRORS },
  };
}

/** @throws RangeError where nobody described it */
export function describe({ method, path }: MountedRoute): Operation {
  const operation = OPERATIONS[`${method} ${path}`];
  if (!operation)
    throw new RangeError(`${method} ${path} is mounted and not described in server/openapi/operations.ts`);
  return operation;
}

/** The path as a client sees it, parameters in braces. */
export function templateOf({ path }: MountedRoute): string {
  const full = path.startsWith(ROOT) ? path.slice(ROOT.length) : API + path;
  return full.replace(/\/:(\w+)/g, '/{$1}');
}

const SECURITY_SCHEMES: JsonObject = {
  bearer: { type: 'http', scheme: 'bearer', description: 'sk-or-v1- and 64 hex digits' },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'As clients of the Messages grammar send it',
  },
  googleKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-goog-api-key',
    description: 'As clients of the Gemini grammar send it',
  },
};
const ANY_KEY: readonly JsonObject[] = [{ bearer: [] }, { apiKey: [] }, { googleKey: [] }];

const ERRORS: JsonObject = {
  openrouterError: objectOf({
    error: objectOf({ code: { type: 'integer' }, message: { type: 'string' }, metadata: { type: 'object' } }, [
      'code',
      'message',
    ]),
  }),
  anthropicError: objectOf({
    type: { const: 'error' },
    error: objectOf({ type: { type: 'string' }, message: { type: 'string' } }, ['type', 'message']),
    request_id: { type: ['string', 'null'] },
  }),
  googleError: objectOf({
    error: objectOf({ code: { type: 'integer' }, message: { type: 'string' }, status: { type: 'string' } }, [
      'code',
      'message',
      'status',
    ]),
  }),
};

function objectOf(properties: JsonObject, required: readonly string[] = Object.keys(properties)): JsonObject {
  return { type: 'object', properties, required };
}

function encodeOperation(operation: Operation, path: string): JsonObject {
  const { tag, summary, description, body, key } = operation;
  const parameters = parametersOf(operation, path);
  return {
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(key === 'none' ? { security: [] } : { security: key === 'public' ? [{}, ...ANY_KEY] : ANY_KEY }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: responsesOf(operation),
  };
}

function parametersOf({ query = {}, headers = {}, key }: Operation, path: string): readonly JsonObject[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name, undefined, true));
  const asked = key === 'inference' ? { ...headers, ...INFERENCE_HEADERS } : headers;
  return [
    ...inPath,
    ...Object.entries(query).map(([name, description]) => parameter('query', name, description, false)),
    ...Object.entries(asked).map(([name, description]) => parameter('header', name, description, false)),
  ];
}

function parameter(place: string, name: string, description: string | undefined, required: boolean): JsonObject {
  return { name, in: place, required, schema: { type: 'string' }, ...(description && { description }) };
}

function responsesOf({
  answers = ['application/json'],
  status = 200,
  returns,
  errors = 'openrouter',
}: Operation): JsonObject {
  const schema = { $ref: `#/components/schemas/${errors}Error` };
  return {
    [status]: { description: returns, content: Object.fromEntries(answers.map((type) => [type, {}])) },
    default: { description: 'What is wrong, and what to do', content: { 'application/json': { schema } } },
  };
}

/** The request body's schema as JSON Schema: what only code can check is left open. */
export function schemaOf(fields: z.ZodType): JsonObject {
  const schema: unknown = z.toJSONSchema(fields, { unrepresentable: 'any', io: 'input' });
  const parsed: JsonObject = JSON.parse(JSON.stringify(schema));
  const { $schema: _, ...kept } = parsed;
  return kept;
}
