/** What the main thread asks of a reader's worker, and what it answers: one kind per question in both. */
import type { KeyRecord } from '../../core/caller.ts';
import type { Settlement } from '../../ledger/store.ts';
import type { SessionSavings, SessionScope } from '../../server/management/queries.ts';
import type { KeyDaySpend } from '../queries/spend-by-key-and-day.ts';

export type Question =
  | { readonly kind: 'generation'; readonly id: string }
  | { readonly kind: 'keys' }
  | { readonly kind: 'spend-by-key-and-day' }
  | { readonly kind: 'session'; readonly scope: SessionScope; readonly sessionId: string }
  | { readonly kind: 'latest-sessions'; readonly scope: SessionScope; readonly limit: number };

export type Answer =
  | { readonly kind: 'generation'; readonly generation: Settlement | undefined }
  | { readonly kind: 'keys'; readonly keys: readonly KeyRecord[] }
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
