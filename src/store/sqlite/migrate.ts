import type { Database } from 'bun:sqlite';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from '../migrations/list.ts';
import { SQLITE_ENGINE } from '../migrations/migration.ts';
import { createKysely } from './kysely.ts';

/**
 * Brings the schema up to this version, each migration in its own transaction, so that a kill leaves the old schema or
 * the new one.
 * @throws Error naming the migration that failed, or the one that a newer Signalbox has applied
 */
export async function migrate(database: Database): Promise<void> {
  const db = createKysely(database);
  const migrations = Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, migration]) => [
      name,
      { up: (connection: Kysely<unknown>) => migration.up(connection, SQLITE_ENGINE) },
    ]),
  );
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  await db.destroy();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error');
  const reason = error instanceof Error ? error.message : String(error);
  throw new Error(
    `the database could not be brought up to date${failed ? ` by ${failed.migrationName}` : ''}: ${reason}`,
  );
}
