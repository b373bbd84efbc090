/** The port through which cached answers outlive the process: implemented in store/, injected by main. */

/** One answer as it is kept. */
export interface CachedAnswer {
  /** The generation that was paid for. */
  readonly sourceId: string;
  readonly form: 'whole' | 'stream';
  /** UTF-8: the body of a whole answer, or every event of a stream, as they were sent. */
  readonly body: Uint8Array;
  readonly storedAtMs: number;
  readonly ttlSeconds: number;
  readonly origin: AnswerOrigin;
}

/** What the record of a hit says about where the answer came from. */
export interface AnswerOrigin {
  readonly modelId: string;
  readonly providerId: string | null;
  readonly providerName: string | null;
  readonly finishReason: string | null;
  readonly nativeFinishReason: string | null;
  readonly serviceTier: string | null;
  readonly router: string | null;
  readonly isByok: boolean;
}

export interface KeyedAnswer {
  readonly key: string;
  readonly answer: CachedAnswer;
}

/** A mirror of what memory holds. Nothing waits for it, and what it cannot take in time is not mirrored. */
export interface CacheStore {
  /** The answers that are still fresh, oldest first. */
  load(): Promise<readonly KeyedAnswer[]>;
  put(key: string, answer: CachedAnswer): void;
  remove(key: string): void;
}

/** Milliseconds since the epoch from which on the answer is no longer given. */
export function expiryOf({ storedAtMs, ttlSeconds }: CachedAnswer): number {
  return storedAtMs + ttlSeconds * 1000;
}
