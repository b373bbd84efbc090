import { firstTables } from './20261121-first-tables.ts';
import { sessionSavings } from './20261121-session-savings.ts';
import { presets } from './20261122-presets.ts';
import type { StoreMigration } from './migration.ts';

/** Every migration by its name, oldest first. A released one is never edited, renamed or removed. */
export const MIGRATIONS: Readonly<Record<string, StoreMigration>> = {
  '20261121-first-tables': firstTables,
  '20261121-session-savings': sessionSavings,
  '20261122-presets': presets,
};
