import { sql } from 'kysely';
import type { StoreMigration } from './migration.ts';

export const presets: StoreMigration = {
  async up(db, engine) {
    const integer = sql.raw(engine.integer);
    const suffix = sql.raw(engine.tableSuffix);
    await db.schema
      .createTable('presets')
      .addColumn('id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('workspace_id', 'text', (column) => column.notNull())
      .addColumn('slug', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('creator_user_id', 'text')
      .addColumn('created_at_ms', integer, (column) => column.notNull())
      .addColumn('updated_at_ms', integer, (column) => column.notNull())
      .addColumn('status_updated_at_ms', integer)
      .addColumn('designated_version', integer, (column) => column.notNull())
      .addUniqueConstraint('presets_slug', ['workspace_id', 'slug'])
      .modifyEnd(suffix)
      .execute();
    await db.schema
      .createTable('preset_versions')
      .addColumn('preset_id', 'text', (column) => column.notNull())
      .addColumn('version', integer, (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('creator_id', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', integer, (column) => column.notNull())
      .addColumn('updated_at_ms', integer, (column) => column.notNull())
      .addColumn('system_prompt', 'text')
      .addColumn('config', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('preset_versions_pk', ['preset_id', 'version'])
      .modifyEnd(suffix)
      .execute();
  },
};
