/** What the main thread asks of a reader's worker, and what it answers: one kind per question in both. */
import type { KeyRecord } from '../../core/caller.ts';
import type { Settlement } from '../../ledger/store.ts';
import type { Page, PresetRecord, PresetVersion, VersionPage } from '../../presets/store.ts';
import type { SessionSavings, SessionScope } from '../../server/management/queries.ts';
import type { KeyDaySpend } from '../queries/spend-by-key-and-day.ts';

export type Question =
  /** Before anything else: brings the schema up to this version. */
  | { readonly kind: 'migrate' }
  | { readonly kind: 'generation'; readonly id: string }
  | { readonly kind: 'keys' }
  | { readonly kind: 'presets' }
  | { readonly kind: 'preset-versions'; readonly presetId: string; readonly page: Page }
  | { readonly kind: 'preset-version'; readonly presetId: string; readonly version: number }
  | { readonly kind: 'spend-by-key-and-day' }
  | { readonly kind: 'session'; readonly scope: SessionScope; readonly sessionId: string }
  | { readonly kind: 'latest-sessions'; readonly scope: SessionScope; readonly limit: number };

export type Answer =
  /** Why it could not be brought up to date, or null. */
  | { readonly kind: 'migrated'; readonly failure: string | null }
  | { readonly kind: 'generation'; readonly generation: Settlement | undefined }
  | { readonly kind: 'keys'; readonly keys: readonly KeyRecord[] }
  | { readonly kind: 'presets'; readonly presets: readonly PresetRecord[] }
  | { readonly kind: 'preset-versions'; readonly page: VersionPage }
  | { readonly kind: 'preset-version'; readonly version: PresetVersion | undefined }
  | { readonly kind: 'spend-by-key-and-day'; readonly spend: readonly KeyDaySpend[] }
  | { readonly kind: 'session'; readonly session: SessionSavings | undefined }
  | { readonly kind: 'latest-sessions'; readonly sessions: readonly SessionSavings[] };

export type ToReader =
  | { readonly kind: 'open'; readonly file: string }
  | { readonly kind: 'ask'; readonly number: number; readonly question: Question }
  | { readonly kind: 'close' };

export type FromReader =
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly number: number; readonly reason: string }
  | { readonly kind: 'closed' };
