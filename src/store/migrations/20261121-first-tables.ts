import { type Kysely, sql } from 'kysely';
import type { Engine, StoreMigration } from './migration.ts';

export const firstTables: StoreMigration = {
  async up(db, engine) {
    await createGenerations(db, engine);
    await createLedgerTables(db, engine);
    await createKeys(db, engine);
  },
};

async function createGenerations(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const integer = sql.raw(engine.integer);
  const real = sql.raw(engine.real);
  await db.schema
    .createTable('generations')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('started_at_ms', integer, (column) => column.notNull())
    .addColumn('settled_at_ms', integer, (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('error_code', 'text')
    .addColumn('status', integer, (column) => column.notNull())
    .addColumn('requested_model', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('endpoint_id', 'text')
    .addColumn('provider_id', 'text')
    .addColumn('streamed', integer, (column) => column.notNull())
    .addColumn('is_byok', integer, (column) => column.notNull())
    .addColumn('usage_estimated', integer, (column) => column.notNull())
    .addColumn('prompt_tokens', integer, (column) => column.notNull())
    .addColumn('completion_tokens', integer, (column) => column.notNull())
    .addColumn('cost_nano_usd', integer, (column) => column.notNull())
    .addColumn('upstream_cost_nano_usd', integer, (column) => column.notNull())
    .addColumn('cache_discount_nano_usd', integer, (column) => column.notNull())
    .addColumn('latency_ms', real)
    .addColumn('generation_time_ms', real, (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .modifyEnd(sql.raw(engine.tableSuffix))
    .execute();
}

async function createLedgerTables(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const integer = sql.raw(engine.integer);
  const suffix = sql.raw(engine.tableSuffix);
  await db.schema
    .createTable('intents')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('started_at_ms', integer, (column) => column.notNull())
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .modifyEnd(suffix)
    .execute();
  await db.schema
    .createTable('key_spend')
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('utc_day', 'text', (column) => column.notNull())
    .addColumn('cost_nano_usd', integer, (column) => column.notNull())
    .addColumn('generations', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('key_spend_pk', ['key_hash', 'utc_day'])
    .modifyEnd(suffix)
    .execute();
  await db.schema
    .createTable('refused_settlements')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('refused_at_ms', integer, (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .modifyEnd(suffix)
    .execute();
}

async function createKeys(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const integer = sql.raw(engine.integer);
  await db.schema
    .createTable('api_keys')
    .addColumn('hash', 'text', (column) => column.notNull().primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('disabled', integer, (column) => column.notNull())
    .addColumn('limit_nano_usd', integer)
    .addColumn('limit_reset', 'text')
    .addColumn('include_byok_in_limit', integer, (column) => column.notNull())
    .addColumn('created_at_ms', integer, (column) => column.notNull())
    .addColumn('updated_at_ms', integer)
    .addColumn('expires_at_ms', integer)
    .addColumn('creator_user_id', 'text')
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('external_user', 'text')
    .addColumn('source', 'text', (column) => column.notNull())
    .modifyEnd(sql.raw(engine.tableSuffix))
    .execute();
}
