/** Every route, on Hono. Handlers are framework-free functions; this file only mounts them. */
import { Hono } from 'hono';
import { GatewayError, toGatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { isOwnClient as isMessagesClient } from '../dialects/anthropic-messages/client/headers.ts';
import { anthropicMessages } from '../dialects/anthropic-messages/index.ts';
import type { ErrorEncoder } from '../dialects/dialect.ts';
import { isOwnClient as isGeminiClient, isOwnPath } from '../dialects/gemini/client/address.ts';
import { gemini } from '../dialects/gemini/index.ts';
import { openAiChat } from '../dialects/openai-chat/index.ts';
import { CORS_HEADERS, errorResponse } from './error-response.ts';
import { homePage } from './home.ts';
import { openApiDocument } from './openapi/document.ts';
import { docsPage } from './openapi/page.ts';
import { API, canonicalPath } from './path.ts';
import { postChatCompletions } from './public/chat-completions.ts';
import { postCompletions } from './public/completions.ts';
import { countTokens } from './public/count-tokens.ts';
import { geminiCatalogue, geminiRoutes } from './public/gemini.ts';
import type { InferencePorts } from './public/inference.ts';
import { postMessages } from './public/messages.ts';
import { messagesCatalogue } from './public/messages-models.ts';
import { alsoFor } from './public/own-catalogue.ts';
import { postResponses } from './public/responses.ts';
import { postEmbeddings, postModerations, postRerank } from './public/whole.ts';
import { ROOT, type Route } from './route.ts';

export interface AppPorts {
  readonly inference: InferencePorts;
  /** Mounted beside inference: catalogue, management, health. */
  readonly routes: readonly Route[];
  /** Of this release, for the API's description. */
  readonly version: string;
}

const PREFLIGHT: Readonly<Record<string, string>> = {
  ...CORS_HEADERS,
  'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS',
  'access-control-allow-headers': '*, Authorization',
  'access-control-max-age': '86400',
};

export interface App {
  /** Answers a request; never throws. */
  fetch(request: Request): Promise<Response> | Response;
}

export function createApp({ inference, routes, version }: AppPorts): App {
  const table: readonly Route[] = [
    { method: 'POST', path: '/chat/completions', handle: (request) => postChatCompletions(request, inference) },
    { method: 'POST', path: '/completions', handle: (request) => postCompletions(request, inference) },
    { method: 'POST', path: '/messages', handle: (request) => postMessages(request, inference) },
    { method: 'POST', path: '/messages/count_tokens', handle: (request) => countTokens(request, inference) },
    { method: 'POST', path: '/responses', handle: (request) => postResponses(request, inference) },
    { method: 'POST', path: '/embeddings', handle: (request) => postEmbeddings(request, inference) },
    { method: 'POST', path: '/rerank', handle: (request) => postRerank(request, inference) },
    { method: 'POST', path: '/moderations', handle: (request) => postModerations(request, inference) },
    ...geminiRoutes(inference),
    ...alsoFor(geminiCatalogue(inference), alsoFor(messagesCatalogue(inference), routes)),
    { method: 'GET', path: `${ROOT}/`, handle: (request) => homePage(request, inference.snapshot()) },
    { method: 'GET', path: `${ROOT}/docs`, handle: () => docsPage(table, version) },
    { method: 'GET', path: `${ROOT}/openapi.json`, handle: () => Response.json(document()) },
  ];
  let described: JsonObject | undefined;
  const document = (): JsonObject => {
    described ??= openApiDocument(table, version);
    return described;
  };
  const answer = async (route: Route, request: Request, parameters: Readonly<Record<string, string>>) => {
    try {
      return await route.handle(request, parameters);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      const where = `${route.method} ${route.path}`;
      if (error.code === 'gateway.internal') inference.pipeline.log.error(`${where} failed inside`, thrown);
      return failed(error);
    }
  };
  const hono = mount(
    table.filter(({ match }) => !match),
    answer,
  );
  const matching = table.filter(({ match }) => match);
  // A route without parameters needs no router: the hot one is found by one look-up.
  const plain = new Map(
    table
      .filter(({ path }) => !path.includes(':', ROOT.length))
      .map((route) => [`${route.method} ${fullPath(route)}`, route]),
  );
  return {
    fetch(request) {
      const path = canonicalPath(request.url);
      const route = plain.get(`${request.method} ${path}`);
      if (route) return answer(route, request, {});
      for (const each of matching) {
        const parameters = each.method === request.method ? each.match?.(path) : null;
        if (parameters) return answer(each, request, parameters);
      }
      return hono.fetch(request);
    },
  };
}

type Answer = (
  route: Route,
  request: Request,
  parameters: Readonly<Record<string, string>>,
) => Promise<Response> | Response;

function mount(table: readonly Route[], answer: Answer): Hono {
  const hono = new Hono({ getPath: (request) => canonicalPath(request.url) });
  const methods = new Map<string, Set<string>>();
  hono.options('*', () => new Response(null, { status: 204, headers: PREFLIGHT }));
  for (const route of table) {
    const full = fullPath(route);
    methods.set(full, (methods.get(full) ?? new Set()).add(route.method));
    hono.on(route.method, full, (context) => answer(route, context.req.raw, context.req.param()));
  }
  // A known path with another method says so; everything else names the path.
  for (const [path, allowed] of methods) hono.all(path, ({ req }) => methodNotAllowed(path, req.raw, [...allowed]));
  hono.notFound((context) => {
    const path = canonicalPath(context.req.url);
    const hint = path.startsWith('/api') || path.startsWith('/v1') ? '' : ' The API is at /api/v1.';
    const error = new GatewayError(
      'client.not_found',
      `There is no ${context.req.method} ${path.slice(0, 200)}.${hint}`,
    );
    return errorResponse(error, errorsFor(path, context.req.raw));
  });
  return hono;
}

function fullPath({ path }: Pick<Route, 'path'>): string {
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : API + path;
}

function methodNotAllowed(path: string, request: Request, methods: readonly string[]): Response {
  const allow = methods.join(', ');
  const error = new GatewayError('client.method_not_allowed', `This path takes ${allow}.`);
  return errorResponse(error, errorsFor(path, request), { allow });
}

/** The form of errors that a caller reads: that of the address, else that of the grammar whose headers it sends. */
function errorsFor(path: string, { headers }: Request): ErrorEncoder {
  if (isOwnPath(path) || isGeminiClient(headers)) return gemini.client.encodeError;
  const inMessages = path.startsWith(`${API}/messages`) || isMessagesClient(headers);
  return inMessages ? anthropicMessages.client.encodeError : openAiChat.client.encodeError;
}

function failed(error: GatewayError): Response {
  return errorResponse(error, openAiChat.client.encodeError);
}
