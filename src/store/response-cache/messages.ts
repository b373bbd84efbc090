/** What the main thread and the response cache's worker say to each other. */
import type { CachedAnswer, KeyedAnswer } from '../../cache/store.ts';

export type ToCacheWorker =
  | { readonly kind: 'open'; readonly file: string; readonly maxBytes: number; readonly nowMs: number }
  | { readonly kind: 'put'; readonly key: string; readonly answer: CachedAnswer }
  | { readonly kind: 'remove'; readonly key: string }
  | { readonly kind: 'close' };

export type FromCacheWorker =
  /** Some of the stored answers, newest first; `opened` follows the last. */
  | { readonly kind: 'stored'; readonly answers: readonly KeyedAnswer[] }
  | { readonly kind: 'opened' }
  | { readonly kind: 'put'; readonly bytes: number }
  /** The file is of no use any more; memory goes on without it. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'closed' };
