import type { GenerationsTable } from './generations.ts';
import type { KeysTable } from './keys.ts';
import type { PresetsTable, PresetVersionsTable } from './presets.ts';

/** Exchanges that have begun and are not settled: what recovery finishes at boot. Empty on a quiet server. */
export interface IntentsTable {
  readonly id: string;
  readonly started_at_ms: bigint;
  readonly key_hash: string;
  readonly model_id: string;
}

/**
 * Settled cost by key and UTC day, posted in the transaction of the generation itself, so that the counters are rebuilt
 * at boot without reading every generation. The day is that of admission: a charge falls in the window that admitted it.
 */
export interface KeySpendTable {
  readonly key_hash: string;
  readonly utc_day: string;
  readonly cost_nano_usd: bigint;
  readonly generations: bigint;
}

/** Settlements the database would not take by their own fault, kept whole for a person to read: nothing is lost silently. */
export interface RefusedSettlementsTable {
  readonly id: string;
  readonly refused_at_ms: bigint;
  readonly reason: string;
  readonly record: string;
}

/** Every table, as Kysely types the queries. */
export interface StoreDatabase {
  readonly generations: GenerationsTable;
  readonly intents: IntentsTable;
  readonly key_spend: KeySpendTable;
  readonly api_keys: KeysTable;
  readonly presets: PresetsTable;
  readonly preset_versions: PresetVersionsTable;
  readonly refused_settlements: RefusedSettlementsTable;
}
