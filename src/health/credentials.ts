/**
 * Rests of credentials: a bad key, an empty account or a rate limit says nothing about the endpoint, so another key may
 * go on there. Only keys in trouble have a record.
 */
import { GrowingRest, LONGEST_REST_MS } from './growing-rest.ts';
import type { AttemptRef } from './health.ts';

/** Refused at one endpoint: that key may still be good for another. */
const REFUSED = { firstMs: 30_000, longestMs: LONGEST_REST_MS };
/** Refused three times in a row, wherever: the key itself is bad, or its account is empty. */
const IN_A_ROW = 3;
const REFUSED_EVERYWHERE = { firstMs: 60_000, longestMs: LONGEST_REST_MS };
/** Told to slow down without being told for how long. */
const LIMITED = { firstMs: 10_000, longestMs: 2 * 60_000, forgottenAfterMs: 2 * 60_000 };
/** Credentials and their endpoints together; the credential longest without trouble is forgotten first. */
const MOST_RECORDS = 20_000;

type Refusal = 'refused' | 'denied' | 'unpaid';

interface AtEndpoint {
  readonly refused: GrowingRest;
  readonly limited: GrowingRest;
}

interface CredentialRecord {
  readonly everywhere: GrowingRest;
  readonly atEndpoints: Map<string, AtEndpoint>;
  /** The answer that came last, and how many times in a row. */
  lastRefusal: Refusal | null;
  inARow: number;
}

export class Credentials {
  /** In the order of their last trouble. */
  readonly #records = new Map<string, CredentialRecord>();
  #size = 0;

  /** Cheap and without the time: most keys never are. */
  isTroubled(credentialId: string): boolean {
    return this.#records.has(credentialId);
  }

  /** 0 where the key may be used there now. */
  restsUntilMs(credentialId: string, endpointId: string, nowMs: number): number {
    const record = this.#records.get(credentialId);
    if (record === undefined) return 0;
    const there = record.atEndpoints.get(endpointId);
    const everywhereUntilMs = record.everywhere.untilMs(nowMs);
    if (there === undefined) return everywhereUntilMs;
    return Math.max(everywhereUntilMs, there.refused.untilMs(nowMs), there.limited.untilMs(nowMs));
  }

  /** An answer that only an accepted key gets: its refusals are over, here and in general. */
  accepted({ credentialId, endpointId }: AttemptRef, nowMs: number): void {
    const record = this.#records.get(credentialId);
    if (record === undefined) return;
    record.lastRefusal = null;
    record.inARow = 0;
    record.everywhere.startOver();
    const there = record.atEndpoints.get(endpointId);
    there?.refused.startOver();
    if (there?.limited.isForgotten(nowMs)) this.#size -= Number(record.atEndpoints.delete(endpointId));
    if (record.atEndpoints.size === 0) this.#forget(credentialId, record);
  }

  /** The key was refused. What was under way when a rest began does not make it longer. */
  refused(attempt: AttemptRef, refusal: Refusal, nowMs: number): void {
    const record = this.#troubled(attempt.credentialId);
    const { refused } = this.#at(record, attempt.endpointId);
    if (refused.untilMs(nowMs) === 0) refused.begin(nowMs);
    record.inARow = record.lastRefusal === refusal ? record.inARow + 1 : 1;
    record.lastRefusal = refusal;
    // A key that lacks one permission was recognised: it may have others.
    const isBad = refusal !== 'denied' && record.inARow >= IN_A_ROW;
    if (isBad && record.everywhere.untilMs(nowMs) === 0) record.everywhere.begin(nowMs);
    this.#shrink();
  }

  /** The key was told to slow down there; `retryAfterMs` where it was told for how long. */
  limited(attempt: AttemptRef, retryAfterMs: number | undefined, nowMs: number): void {
    const { limited } = this.#at(this.#troubled(attempt.credentialId), attempt.endpointId);
    if (retryAfterMs !== undefined && retryAfterMs > 0) {
      limited.atLeastUntil(nowMs + Math.min(retryAfterMs, LONGEST_REST_MS), nowMs);
    } else if (limited.untilMs(nowMs) === 0) limited.begin(nowMs);
    this.#shrink();
  }

  get size(): number {
    return this.#size;
  }

  #troubled(credentialId: string): CredentialRecord {
    const known = this.#records.get(credentialId);
    if (known) this.#records.delete(credentialId);
    else this.#size++;
    const record = known ?? {
      everywhere: new GrowingRest(REFUSED_EVERYWHERE),
      atEndpoints: new Map<string, AtEndpoint>(),
      lastRefusal: null,
      inARow: 0,
    };
    this.#records.set(credentialId, record);
    return record;
  }

  #at({ atEndpoints }: CredentialRecord, endpointId: string): AtEndpoint {
    let there = atEndpoints.get(endpointId);
    if (there === undefined) {
      there = { refused: new GrowingRest(REFUSED), limited: new GrowingRest(LIMITED) };
      atEndpoints.set(endpointId, there);
      this.#size++;
    }
    return there;
  }

  #shrink(): void {
    for (const [credentialId, record] of this.#records) {
      if (this.#size <= MOST_RECORDS) return;
      this.#forget(credentialId, record);
    }
  }

  #forget(credentialId: string, record: CredentialRecord): void {
    this.#size -= 1 + record.atEndpoints.size;
    this.#records.delete(credentialId);
  }
}
