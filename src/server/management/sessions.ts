/**
 * `/signalbox/sessions`: what the prompt caches of a conversation saved and cost, for conversations that their caller named
 * (`session_id`, `X-Session-Id`). An own route: OpenRouter's API has none.
 */
import { z } from 'zod';
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { nanoUsdToNumber } from '../../core/money.ts';
import { isoTime } from './key-view.ts';
import { assertManagementKey, type ManagementResult } from './management-result.ts';
import { parseBody } from './parse-body.ts';
import type { ManagementQueries, SessionSavings, SessionScope } from './queries.ts';

type Queries = Pick<ManagementQueries, 'session' | 'latestSessions'>;
type Query = Readonly<Record<string, string>>;

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_QUOTED_CHARACTERS = 256;

/** Of management keys alone: another key sees its own requests and nothing else. */
const filters = {
  workspace_id: z.string().min(1).optional(),
  api_key_hash: z.string().min(1).optional(),
};
const oneQuery = z.strictObject(filters);
const listQuery = z.strictObject({ ...filters, limit: z.coerce.number().int().min(1).max(MAX_LIMIT).optional() });

/** `GET /signalbox/sessions`: those with the latest requests, newest first. */
export async function listSessions(queries: Queries, caller: KeyRecord, query: Query): Promise<ManagementResult> {
  const { limit = DEFAULT_LIMIT, ...asked } = parseBody(listQuery, query);
  const sessions = await queries.latestSessions(scopeOf(caller, asked), limit);
  return { status: 200, body: { data: sessions.map(encodeSession) } };
}

/** `GET /signalbox/sessions/{id}`. Another key's session is as unknown as one that never was. */
export async function getSession(
  queries: Queries,
  caller: KeyRecord,
  id: string,
  query: Query,
): Promise<ManagementResult> {
  const session = await queries.session(scopeOf(caller, parseBody(oneQuery, query)), id);
  if (session !== undefined) return { status: 200, body: { data: encodeSession(session) } };
  const seenBy = caller.kind === 'management' ? 'No request' : 'No request of this key';
  throw new GatewayError(
    'client.not_found',
    `${seenBy} named the session ${id.slice(0, MAX_QUOTED_CHARACTERS)}. A request names it by session_id.`,
  );
}

function scopeOf(
  caller: KeyRecord,
  asked: { readonly workspace_id?: string | undefined; readonly api_key_hash?: string | undefined },
): SessionScope {
  if (asked.workspace_id !== undefined || asked.api_key_hash !== undefined) assertManagementKey(caller);
  const isManagement = caller.kind === 'management';
  return {
    workspaceId: asked.workspace_id ?? caller.workspaceId,
    keyHash: isManagement ? (asked.api_key_hash ?? null) : caller.hash,
  };
}

function encodeSession(session: SessionSavings): JsonObject {
  const { savedNanoUsd, lostNanoUsd } = session;
  return {
    session_id: session.sessionId,
    requests: session.requests,
    tokens_prompt: session.promptTokens,
    tokens_cached: session.cachedTokens,
    tokens_cache_write: session.cacheWriteTokens,
    total_cost: nanoUsdToNumber(session.costNanoUsd),
    cache_saved: nanoUsdToNumber(savedNanoUsd),
    cache_lost: nanoUsdToNumber(lostNanoUsd),
    // As `/generation` calls it: below zero where the writes were dearer than what they saved.
    cache_discount: nanoUsdToNumber(savedNanoUsd - lostNanoUsd),
    moves: session.moves,
    endpoints: session.endpoints.map((endpoint) => ({
      endpoint_id: endpoint.endpointId,
      model: endpoint.modelId,
      requests: endpoint.requests,
      tokens_cached: endpoint.cachedTokens,
    })),
    first_request_at: isoTime(session.firstAtMs),
    last_request_at: isoTime(session.lastAtMs),
  };
}
