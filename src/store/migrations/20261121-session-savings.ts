import { sql } from 'kysely';
import type { StoreMigration } from './migration.ts';

/**
 * What a session saved by its provider's cache is summed from columns. Every index is partial: a generation outside of any
 * session costs the writer nothing more.
 */
export const sessionSavings: StoreMigration = {
  async up(db, engine) {
    const integer = sql.raw(engine.integer);
    const table = db.schema.alterTable('generations');
    await table.addColumn('session_id', 'text').execute();
    await table.addColumn('cached_tokens', integer, (column) => column.notNull().defaultTo(0)).execute();
    await table.addColumn('cache_write_tokens', integer, (column) => column.notNull().defaultTo(0)).execute();

    // Until now these stood in the JSON text alone.
    const detail = sql.raw(`detail${engine.jsonCast}`);
    const count = (unit: string) =>
      sql`coalesce(cast(cast(${detail} -> 'counts' ->> ${sql.lit(unit)} as ${sql.raw(engine.real)}) as ${integer}), 0)`;
    await sql`UPDATE generations SET session_id = ${detail} ->> 'sessionId', cached_tokens = ${count('cachedTokens')},
      cache_write_tokens = ${count('cacheWriteTokens')}
      WHERE detail LIKE '%"sessionId":%' OR detail LIKE '%"cachedTokens":%' OR detail LIKE '%"cacheWriteTokens":%'`.execute(
      db,
    );

    const indexes = {
      generations_session: ['session_id', 'key_hash'],
      // The latest sessions are read from these alone, without the rows.
      generations_session_by_key: ['key_hash', 'started_at_ms', 'session_id'],
      generations_session_by_workspace: ['workspace_id', 'started_at_ms', 'session_id'],
    };
    for (const [name, columns] of Object.entries(indexes)) {
      const isOfSession = sql<boolean>`session_id is not null`;
      await db.schema.createIndex(name).on('generations').columns(columns).where(isOfSession).execute();
    }
  },
};
