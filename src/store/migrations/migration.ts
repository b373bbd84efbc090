import type { Kysely } from 'kysely';

/** What differs between engines in a migration written once for both. */
export interface Engine {
  /** 64-bit integer column: counts, times, money. */
  readonly integer: 'integer' | 'bigint';
  readonly real: 'real' | 'double precision';
  /** After a CREATE TABLE: SQLite checks column types only where told to. */
  readonly tableSuffix: 'strict' | '';
  /** After a text column that -> and ->> read as JSON. */
  readonly jsonCast: '' | '::json';
}

export const SQLITE_ENGINE: Engine = { integer: 'integer', real: 'real', tableSuffix: 'strict', jsonCast: '' };

/** Forward only: a mistake is mended by the next migration. */
export interface StoreMigration {
  up(db: Kysely<unknown>, engine: Engine): Promise<void>;
}
