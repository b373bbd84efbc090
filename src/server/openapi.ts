/** GET /openapi.json: every mounted route, from the table that mounts them (OpenAPI 3.1). */
import { z } from 'zod';
import type { JsonObject, MutableJsonObject } from '../core/json.ts';
import { geminiFields } from '../dialects/gemini/client/wire-request.ts';
import { chatFields } from '../dialects/openai-chat/wire-types.ts';
import { completionFields } from '../dialects/openai-completions/wire-types.ts';
import { responsesFields } from '../dialects/openai-responses/wire-types.ts';
import { API } from './path.ts';
import { ROOT, type Route } from './route.ts';

const SUMMARIES: Readonly<Record<string, string>> = {
  'POST /chat/completions': 'Create a chat completion, whole or as server-sent events',
  'POST /completions': 'Create a legacy text completion, whole or as server-sent events',
  'POST /messages': 'Create a message, whole or as server-sent events, in the Anthropic grammar',
  'POST /messages/count_tokens': 'Estimate the input tokens of a messages request',
  'POST /responses': "Create a response in OpenAI's newer grammar, whole or as server-sent events; nothing is stored",
  'POST /embeddings': 'Create embeddings',
  'POST /rerank': 'Order documents by their relevance to a query',
  'POST /moderations': 'Judge whether content is harmful',
  'POST root:/v1beta/models/{model}:generateContent': 'Generate content, in the Gemini grammar',
  'POST root:/v1beta/models/{model}:streamGenerateContent':
    'The same as a stream: server-sent events with alt=sse, else one JSON array',
  'POST root:/v1beta/models/{model}:countTokens': 'Estimate the tokens of a generateContent request',
  'GET root:/v1beta/models': 'List the models, in the Gemini grammar',
  'GET root:/v1beta/models/{model}': 'One model, in the Gemini grammar',
  'GET /models': 'List the models that the configured providers serve',
  'GET /models/count': 'Count them',
  'GET /models/user': 'List the models that this key may use',
  'GET /model/:author/:slug': 'One model',
  'GET /models/:author/:slug/endpoints': 'The endpoints of a model',
  'GET /providers': 'List providers',
  'GET /embeddings/models': 'List embedding models',
  'GET /key': 'The key that asks, its limit and its usage',
  'GET /keys': 'List inference keys (management key)',
  'POST /keys': 'Create an inference key, shown once (management key)',
  'GET /keys/:hash': 'One key (management key)',
  'PATCH /keys/:hash': 'Change a key (management key)',
  'DELETE /keys/:hash': 'Delete a key (management key)',
  'GET /presets': "List the workspace's presets",
  'GET /presets/:slug': 'One preset with its version in force',
  'PATCH /presets/:slug': 'Change its name, description or status, or the version in force',
  'POST /presets/:slug/chat/completions': 'Make a preset, or a new version of it, of a chat request',
  'POST /presets/:slug/messages': 'The same of a messages request',
  'POST /presets/:slug/responses': 'The same of a responses request',
  'GET /presets/:slug/versions': 'List the versions of a preset',
  'GET /presets/:slug/versions/:version': 'One version',
  'GET /credits': 'Credits and usage (management key)',
  'GET /generation': 'Usage, cost and attempts of one generation',
  'POST /signalbox/route': 'Where a chat request would go and why, without sending it',
  'GET /signalbox/generations/:id': 'How one generation was routed: its plan and its attempts',
  'GET /signalbox/sessions': 'What the prompt caches of the latest sessions saved and cost',
  'GET /signalbox/sessions/:id': 'What the prompt cache of one session saved and cost',
};

/** What the body of a path is checked with. */
const BODIES: Readonly<Record<string, z.ZodType>> = {
  '/chat/completions': chatFields,
  '/completions': completionFields,
  '/responses': responsesFields,
  'root:/v1beta/models/{model}:generateContent': geminiFields,
  'root:/v1beta/models/{model}:streamGenerateContent': geminiFields,
  '/signalbox/route': chatFields,
};

export function openApiDocument(routes: readonly Pick<Route, 'method' | 'path'>[], version: string): JsonObject {
  const paths: MutableJsonObject = {};
  for (const { method, path } of routes) {
    const isRoot = path.startsWith(ROOT);
    const full = isRoot ? path.slice(ROOT.length) : API + path;
    const templated = full.replace(/\/:(\w+)/g, '/{$1}');
    const before = paths[templated];
    paths[templated] = {
      ...(typeof before === 'object' && before !== null ? before : {}),
      [method.toLowerCase()]: operation(method, path, templated, isRoot),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'sk-or-v1- and 64 hex digits' } },
    },
  };
}

function operation(method: string, path: string, templated: string, isRoot: boolean): JsonObject {
  const parameters = [...templated.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary: SUMMARIES[`${method} ${path}`] ?? templated,
    ...(isRoot && !path.startsWith(`${ROOT}/v1beta/`) ? {} : { security: [{ key: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(BODIES[path] && { requestBody: bodyOf(BODIES[path]) }),
    responses: { default: { description: 'The answer, or {"error": {"code", "message", "metadata"}}' } },
  };
}

function bodyOf(fields: z.ZodType): JsonObject {
  const schema: unknown = z.toJSONSchema(fields, { unrepresentable: 'any', io: 'input' });
  const parsed: JsonObject = JSON.parse(JSON.stringify(schema));
  return { required: true, content: { 'application/json': { schema: parsed } } };
}
