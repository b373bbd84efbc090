/** What the main thread and the writer's worker say to each other. Rows travel as arrays: cheapest to clone and to bind. */
import type { KeyRecord } from '../../core/caller.ts';

export type SqlValue = string | number | bigint | null;
export type SqlRow = readonly SqlValue[];

/** Everything one transaction applies, in this order. */
export interface WriteBatch {
  readonly sequence: number;
  /** id, started_at_ms, key_hash, model_id */
  readonly intents: readonly SqlRow[];
  /** In the order of GENERATION_COLUMNS. */
  readonly settlements: readonly SqlRow[];
  /** Settled exchanges whose intent was written. */
  readonly closedIntents: readonly string[];
  readonly changes: readonly Change[];
}

/** A change of what an operator or caller keeps here: somebody waits to hear of it, and it is not repeated by itself. */
export type Change =
  | { readonly kind: 'put-key'; readonly row: SqlRow }
  | { readonly kind: 'remove-key'; readonly hash: KeyRecord['hash'] }
  | PresetWrite;

export interface PresetWrite {
  readonly kind: 'put-preset';
  /** In the order of PRESET_COLUMNS. */
  readonly preset: SqlRow;
  /** In the order of PRESET_VERSION_COLUMNS. */
  readonly version: SqlRow;
}

export interface RefusedSettlement {
  readonly id: string;
  readonly reason: string;
}

export interface BatchResult {
  /** Settlements that the database will never take; kept in refused_settlements. */
  readonly refused: readonly RefusedSettlement[];
  /** Ids settled before with other content: posted once, but somebody should look. */
  readonly conflicts: readonly string[];
  /** For each change: false where there was no such key to remove, or the preset was changed by somebody else. */
  readonly changed: readonly boolean[];
}

export type ToWriter =
  /** `recover`: finish what a stopped server left open. Only at the start of a server: later, what is open is running. */
  | { readonly kind: 'open'; readonly file: string; readonly nowMs: number; readonly recover: boolean }
  | { readonly kind: 'batch'; readonly batch: WriteBatch }
  | { readonly kind: 'close' };

export type FromWriter =
  | { readonly kind: 'opened'; readonly recovered: number }
  | { readonly kind: 'open-failed'; readonly reason: string }
  | { readonly kind: 'written'; readonly sequence: number; readonly result: BatchResult }
  /** Nothing of the batch was applied; the same batch may be sent again. */
  | { readonly kind: 'failed'; readonly sequence: number; readonly reason: string }
  | { readonly kind: 'closed' };
