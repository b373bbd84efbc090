/**
 * `GET /v1/models` and `/v1/models/{model}` as clients of the messages grammar read them
 * (https://docs.claude.com/en/api/models-list): pages by the ids at their ends, and errors in that grammar.
 */
import type { Model } from '../../catalog/model.ts';
import { invalidRequest, toGatewayError } from '../../core/errors.ts';
import { generationId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { isOwnClient } from '../../dialects/anthropic-messages/client/headers.ts';
import { anthropicMessages } from '../../dialects/anthropic-messages/index.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import { CORS_HEADERS, errorResponse } from '../error-response.ts';
import { readerOf } from './catalogue-reader.ts';
import { contextLength, outputLimit } from './catalogue-shapes.ts';
import type { InferencePorts } from './inference.ts';
import { requestIdHeader } from './messages.ts';
import type { OwnCatalogue } from './own-catalogue.ts';
import { isConversational, servedModel } from './served-models.ts';

const DEFAULT_PAGE = 20;
const MOST_PER_PAGE = 1000;

/** The catalogue as this grammar's own clients read it. */
export function messagesCatalogue(ports: InferencePorts): OwnCatalogue {
  return {
    isOwnClient,
    answer: (request, name) =>
      getCatalogue(request, ports, (snapshot) =>
        name === undefined
          ? listModels(snapshot, new URL(request.url).searchParams)
          : modelRow(servedModel(snapshot, name, '/v1/models'), snapshot),
      ),
  };
}

function getCatalogue(request: Request, ports: InferencePorts, read: (snapshot: Snapshot) => JsonObject): Response {
  const { clock, random, log } = ports.pipeline;
  const id = generationId(clock, random);
  const headers = requestIdHeader(id);
  try {
    const snapshot = ports.snapshot();
    readerOf(request.headers, ports.auth, snapshot.publicCatalogue);
    return Response.json(read(snapshot), { headers: { ...CORS_HEADERS, ...headers } });
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.code === 'gateway.internal') log.error('a models request failed inside', thrown);
    return errorResponse(error, (each) => anthropicMessages.client.encodeError(each, undefined, id), headers);
  }
}

/** @throws GatewayError `client.invalid_request` for a page that cannot be */
function listModels(snapshot: Snapshot, query: URLSearchParams): JsonObject {
  const size = pageSize(query);
  const listed = [...snapshot.models.values()].filter(isConversational);
  const after = query.get('after_id');
  const before = query.get('before_id');
  const to = before ? placeOf(listed, 'before_id', before) : listed.length;
  const from = after ? placeOf(listed, 'after_id', after) + 1 : before ? Math.max(0, to - size) : 0;
  const page = listed.slice(from, Math.min(from + size, to));
  return {
    data: page.map((model) => modelRow(model, snapshot)),
    has_more: before ? from > 0 : from + size < listed.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function pageSize(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null || text === '') return DEFAULT_PAGE;
  const size = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > MOST_PER_PAGE) throw invalidRequest('limit', `expected 1 to ${MOST_PER_PAGE}`);
  return size;
}

function placeOf(listed: readonly Model[], field: string, id: string): number {
  const place = listed.findIndex((model) => model.id === id);
  if (place < 0) throw invalidRequest(field, 'names no model of this list');
  return place;
}

/** What a model can do is not told: `capabilities` counts features of the grammar's owner, which no catalogue of ours knows. */
function modelRow(model: Model, snapshot: Snapshot): JsonObject {
  const endpoints = snapshot.endpointsOf(model.id).map(({ endpoint }) => endpoint);
  return {
    type: 'model',
    id: model.id,
    display_name: model.name,
    created_at: new Date(model.createdSeconds * 1000).toISOString(),
    deprecated_at: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: contextLength(endpoints),
    max_tokens: outputLimit(endpoints),
    capabilities: null,
  };
}
