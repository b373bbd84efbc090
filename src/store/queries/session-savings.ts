import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { SessionSavings, SessionScope } from '../../server/management/queries.ts';
import type { StoreDatabase } from '../tables/database.ts';

/** How far back the latest sessions are looked for: entries of one index, 4 ms where they are all of one session. */
export const RECENT_REQUESTS = 20_000;

/** What one session's cache saved and cost, or undefined where it has no request in this scope. */
export async function sessionSavings(
  db: Kysely<StoreDatabase>,
  scope: SessionScope,
  sessionId: string,
): Promise<SessionSavings | undefined> {
  const rows = await savingsQuery(db, scope, [sessionId]).execute();
  return rows.length === 0 ? undefined : toSavings(sessionId, rows);
}

/** The sessions with the latest requests, newest first, of the last {@link RECENT_REQUESTS} requests that named one. */
export async function latestSessions(
  db: Kysely<StoreDatabase>,
  scope: SessionScope,
  limit: number,
): Promise<readonly SessionSavings[]> {
  const latest = await latestIdsQuery(db, scope, limit).execute();
  const ids = latest.flatMap(({ session_id }) => session_id ?? []);
  if (ids.length === 0) return [];
  const rows = Map.groupBy(await savingsQuery(db, scope, ids).execute(), ({ session_id }) => session_id);
  return ids.map((id) => toSavings(id, rows.get(id) ?? []));
}

/** Exported for the test of its plan. */
export function latestIdsQuery(db: Kysely<StoreDatabase>, { workspaceId, keyHash }: SessionScope, limit: number) {
  const requests = db.selectFrom('generations').select(['session_id', 'started_at_ms']);
  const scoped =
    keyHash === null ? requests.where('workspace_id', '=', workspaceId) : requests.where('key_hash', '=', keyHash);
  const recent = scoped
    .where('session_id', 'is not', null)
    .orderBy('started_at_ms', 'desc')
    .limit(RECENT_REQUESTS)
    .as('recent');
  return db
    .selectFrom(recent)
    .select('session_id')
    .groupBy('session_id')
    .orderBy(({ fn }) => fn.max('started_at_ms'), 'desc')
    .orderBy('session_id')
    .limit(limit);
}

/**
 * The sums by session and endpoint, in order of first use; what no endpoint answered is a row of its own. Read in one pass:
 * a long session's rows are many. Exported for the test of its plan.
 */
export function savingsQuery(db: Kysely<StoreDatabase>, scope: SessionScope, ids: readonly string[]) {
  return db
    .selectFrom(requestsOf(db, scope, ids).as('request'))
    .groupBy(['session_id', 'endpoint_id', 'model_id', 'is_answered'])
    .select(({ fn }) => [
      'session_id',
      'endpoint_id',
      'model_id',
      'is_answered',
      fn.countAll<bigint>().as('requests'),
      sum('prompt_tokens').as('prompt_tokens'),
      sum('cached_tokens').as('cached_tokens'),
      sum('cache_write_tokens').as('cache_write_tokens'),
      sum('cost_nano_usd').as('cost_nano_usd'),
      sum('CASE WHEN discount > 0 THEN discount ELSE 0 END').as('saved_nano_usd'),
      sum('CASE WHEN discount < 0 THEN -discount ELSE 0 END').as('lost_nano_usd'),
      sum('CASE WHEN previous <> endpoint_id THEN 1 ELSE 0 END').as('arrivals'),
      fn.min<bigint>('started_at_ms').as('first_at_ms'),
      fn.max<bigint>('started_at_ms').as('last_at_ms'),
    ])
    .orderBy(({ fn }) => fn.min('started_at_ms'))
    .orderBy('endpoint_id');
}

/**
 * The requests of the sessions, each with the endpoint that answered the one before it of the same session and requested
 * model: an agent that asks two models in turn does not move, and a failure is not a stay.
 */
function requestsOf(db: Kysely<StoreDatabase>, scope: SessionScope, ids: readonly string[]) {
  const isAnswered = sql<bigint>`CASE WHEN outcome <> 'failed' AND endpoint_id IS NOT NULL THEN 1 ELSE 0 END`;
  return ofScope(db.selectFrom('generations'), scope)
    .where('session_id', 'in', ids)
    .select([
      'session_id',
      'endpoint_id',
      'model_id',
      'prompt_tokens',
      'cached_tokens',
      'cache_write_tokens',
      'cost_nano_usd',
      'started_at_ms',
      isAnswered.as('is_answered'),
      // Where the gateway waived the charge, as of a failed exchange, a cache saved and cost its caller nothing.
      sql`CASE WHEN cost_nano_usd > 0 OR upstream_cost_nano_usd = 0 THEN cache_discount_nano_usd ELSE 0 END`.as(
        'discount',
      ),
      sql<string | null>`lag(endpoint_id) OVER (
        PARTITION BY session_id, requested_model, ${isAnswered} ORDER BY started_at_ms, id)`.as('previous'),
    ]);
}

/** By an expression where it is a workspace: the index that begins with its column holds every session there is. */
function ofScope<O>(
  query: SelectQueryBuilder<StoreDatabase, 'generations', O>,
  { workspaceId, keyHash }: SessionScope,
) {
  return keyHash === null
    ? query.where(sql<string>`workspace_id || ''`, '=', workspaceId)
    : query.where('key_hash', '=', keyHash);
}

/** PostgreSQL's sum of 64-bit integers is numeric: both engines give an integer again. */
function sum(expression: string) {
  return sql<bigint>`cast(sum(${sql.raw(expression)}) as bigint)`;
}

type SavingsRow = Awaited<ReturnType<ReturnType<typeof savingsQuery>['execute']>>[number];

function toSavings(sessionId: string, rows: readonly SavingsRow[]): SessionSavings {
  const total = (read: (row: SavingsRow) => bigint) => rows.reduce((sofar, row) => sofar + read(row), 0n);
  return {
    sessionId,
    requests: Number(total((row) => row.requests)),
    promptTokens: Number(total((row) => row.prompt_tokens)),
    cachedTokens: Number(total((row) => row.cached_tokens)),
    cacheWriteTokens: Number(total((row) => row.cache_write_tokens)),
    costNanoUsd: total((row) => row.cost_nano_usd),
    savedNanoUsd: total((row) => row.saved_nano_usd),
    lostNanoUsd: total((row) => row.lost_nano_usd),
    moves: Number(total((row) => (row.is_answered === 1n ? row.arrivals : 0n))),
    endpoints: rows.flatMap((row) =>
      row.is_answered === 1n && row.endpoint_id !== null
        ? {
            endpointId: row.endpoint_id,
            modelId: row.model_id,
            requests: Number(row.requests),
            cachedTokens: Number(row.cached_tokens),
          }
        : [],
    ),
    firstAtMs: Math.min(...rows.map((row) => Number(row.first_at_ms))),
    lastAtMs: Math.max(...rows.map((row) => Number(row.last_at_ms))),
  };
}
