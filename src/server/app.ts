/** Every route, on Hono. Handlers are framework-free functions; this file only mounts them. */
import { Hono } from 'hono';
import { GatewayError, toGatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { openAiChat } from '../dialects/openai-chat/index.ts';
import { CORS_HEADERS, errorResponse } from './error-response.ts';
import { homePage } from './home.ts';
import { openApiDocument } from './openapi.ts';
import { API, canonicalPath } from './path.ts';
import { type InferencePorts, postChatCompletions } from './public/chat-completions.ts';

export interface AppPorts {
  readonly inference: InferencePorts;
  /** Mounted beside inference: catalogue, management, health. */
  readonly routes: readonly Route[];
  /** Of this release, for the API's description. */
  readonly version: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1 unless it begins with `root:`. */
  readonly path: string;
  handle(request: Request, parameters: Readonly<Record<string, string>>): Promise<Response> | Response;
}

const PREFLIGHT: Readonly<Record<string, string>> = {
  ...CORS_HEADERS,
  'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS',
  'access-control-allow-headers': '*, Authorization',
  'access-control-max-age': '86400',
};

export function createApp({ inference, routes, version }: AppPorts): Hono {
  const app = new Hono({ getPath: (request) => canonicalPath(request.url) });
  const known = new Map<string, Set<string>>();
  const mount = ({ method, path, handle }: Route): void => {
    const full = path.startsWith('root:') ? path.slice('root:'.length) : API + path;
    known.set(full, (known.get(full) ?? new Set()).add(method));
    app.on(method, full, async (context) => {
      try {
        return await handle(context.req.raw, context.req.param());
      } catch (thrown) {
        const error = toGatewayError(thrown);
        if (error.code === 'gateway.internal') inference.pipeline.log.error(`${method} ${path} failed inside`, thrown);
        return failed(error);
      }
    });
  };
  app.options('*', () => new Response(null, { status: 204, headers: PREFLIGHT }));
  const table: readonly Route[] = [
    { method: 'POST', path: '/chat/completions', handle: (request) => postChatCompletions(request, inference) },
    ...routes,
    { method: 'GET', path: 'root:/', handle: (request) => homePage(request, inference.snapshot()) },
    { method: 'GET', path: 'root:/openapi.json', handle: () => Response.json(document()) },
  ];
  let described: JsonObject | undefined;
  const document = (): JsonObject => {
    described ??= openApiDocument(table, version);
    return described;
  };
  for (const route of table) mount(route);
  // A known path with another method says so; everything else names the path.
  for (const [path, methods] of known) app.all(path, () => methodNotAllowed([...methods]));
  app.notFound((context) => {
    const path = canonicalPath(context.req.url);
    const hint = path.startsWith('/api') || path.startsWith('/v1') ? '' : ' The API is at /api/v1.';
    return failed(
      new GatewayError('client.not_found', `There is no ${context.req.method} ${path.slice(0, 200)}.${hint}`),
    );
  });
  return app;
}

function methodNotAllowed(methods: readonly string[]): Response {
  const allow = methods.join(', ');
  const error = new GatewayError('client.method_not_allowed', `This path takes ${allow}.`);
  return errorResponse(error, openAiChat.client.encodeError, { allow });
}

function failed(error: GatewayError): Response {
  return errorResponse(error, openAiChat.client.encodeError);
}
