/** `GET /v1beta/models` and `/v1beta/models/{model}`: the catalogue as that grammar lists it. */
import type { Model } from '../../catalog/model.ts';
import { GatewayError, invalidRequest } from '../../core/errors.ts';
import { WHOLE_KINDS } from '../../core/exchange-kind.ts';
import type { JsonObject } from '../../core/json.ts';
import { ACTIONS, EMBED_ACTIONS } from '../../dialects/gemini/client/address.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import { contextLength, outputLimit } from './catalogue-shapes.ts';

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

const WHOLE: readonly string[] = WHOLE_KINDS;

const makesEmbeddings = ({ outputModalities }: Model): boolean => outputModalities.includes('embeddings');

/** What else there is (rerank, moderation) is asked in other grammars. */
export const isConversational = ({ outputModalities }: Model): boolean =>
  outputModalities.some((kind) => !WHOLE.includes(kind));

/** @throws GatewayError `client.not_found` with near matches */
export function findModel(snapshot: Snapshot, name: string): JsonObject {
  return modelRow(modelOf(snapshot, name), snapshot);
}

/**
 * The model of this name; a variant (`:nitro`) is the same model.
 * @throws GatewayError `client.not_found` with near matches
 */
export function modelOf(snapshot: Snapshot, name: string): Model {
  const resolved = snapshot.resolve(name.replace(/\?.*$/, ''));
  if (resolved.kind === 'found') {
    const model = snapshot.models.get(resolved.id) ?? snapshot.models.get(resolved.id.replace(/:.*$/, ''));
    if (model) return model;
  }
  const near = resolved.kind === 'unknown' && resolved.near.length > 0 ? ` Near: ${resolved.near.join(', ')}.` : '';
  const message = `models/${name.slice(0, 200)} is not found, or no configured provider serves it.${near} GET /v1beta/models lists those that are served.`;
  throw new GatewayError('client.not_found', message);
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
