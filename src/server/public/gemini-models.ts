/** `GET /v1beta/models` and `/v1beta/models/{model}`: the catalogue as that grammar lists it. */
import type { Model } from '../../catalog/model.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { ACTIONS, EMBED_ACTIONS } from '../../dialects/gemini/client/address.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import { contextLength, outputLimit } from './catalogue-shapes.ts';
import { isConversational, servedModel } from './served-models.ts';

const DEFAULT_PAGE = 50;
const MOST_PER_PAGE = 1000;

/** @throws GatewayError `client.invalid_request` for a page that cannot be */
export function listModels(snapshot: Snapshot, query: URLSearchParams): JsonObject {
  const size = Math.min(wholeNumber(query, 'pageSize', DEFAULT_PAGE) || DEFAULT_PAGE, MOST_PER_PAGE);
  const from = wholeNumber(query, 'pageToken', 0);
  const listed = [...snapshot.models.values()].filter((model) => isConversational(model) || makesEmbeddings(model));
  const end = from + size;
  return {
    models: listed.slice(from, end).map((model) => modelRow(model, snapshot)),
    ...(end < listed.length && { nextPageToken: String(end) }),
  };
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null || text === '') return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw invalidRequest(name, 'expected a whole number');
  return Number(text);
}

const makesEmbeddings = ({ outputModalities }: Model): boolean => outputModalities.includes('embeddings');

/** @throws GatewayError `client.not_found` with near matches */
export function findModel(snapshot: Snapshot, name: string): JsonObject {
  return modelRow(modelOf(snapshot, name), snapshot);
}

/**
 * The model of this name; a variant (`:nitro`) is the same model.
 * @throws GatewayError `client.not_found` with near matches
 */
export function modelOf(snapshot: Snapshot, name: string): Model {
  return servedModel(snapshot, name, '/v1beta/models', `models/${name}`);
}

function modelRow(model: Model, snapshot: Snapshot): JsonObject {
  const endpoints = snapshot.endpointsOf(model.id).map(({ endpoint }) => endpoint);
  const input = contextLength(endpoints);
  const output = outputLimit(endpoints);
  return {
    name: `models/${model.id}`,
    baseModelId: model.id,
    version: model.canonicalSlug,
    displayName: model.name,
    description: model.description,
    ...(input !== null && { inputTokenLimit: input }),
    ...(output !== null && { outputTokenLimit: output }),
    supportedGenerationMethods: makesEmbeddings(model) ? EMBED_ACTIONS : ACTIONS,
    thinking: model.reasoning !== undefined,
  };
}
