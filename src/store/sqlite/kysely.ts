import type { Database } from 'bun:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import type { StoreDatabase } from '../tables/database.ts';

/**
 * Kysely over an open bun:sqlite connection, which stays the caller's: destroying the Kysely does not close it.
 * Open the database with `safeIntegers`, or amounts beyond 2^53 lose digits.
 */
export function createKysely(database: Database): Kysely<StoreDatabase> {
  return new Kysely<StoreDatabase>({
    dialect: new SqliteDialect({
      database: {
        close() {},
        prepare(sql) {
          const statement = database.prepare<unknown, SqlBinding[]>(sql);
          /** Finalized at once: a statement left to the garbage collector keeps a closed database's files open. */
          const once = <T>(use: () => T): T => {
            try {
              return use();
            } finally {
              statement.finalize();
            }
          };
          return {
            // Kysely asks whether the statement gives rows; bun:sqlite knows it by its columns.
            reader: statement.columnNames.length > 0,
            all: (parameters) => once(() => statement.all(...parameters.map(toBinding))),
            run: (parameters) => once(() => statement.run(...parameters.map(toBinding))),
            iterate: (parameters) => once(() => statement.all(...parameters.map(toBinding))).values(),
          };
        },
      },
    }),
  });
}

type SqlBinding = string | number | bigint | null;

function toBinding(value: unknown): SqlBinding {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new TypeError(`a ${typeof value} cannot be bound to a SQL parameter`);
}
