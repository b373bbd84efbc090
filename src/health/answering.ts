/** Which providers, by credential, have just answered: where the retry budget need not protect anybody. */

const RECENT_MS = 30_000;
/** In a row since the last content. */
const FEW_FAILURES = 3;
/** Sent since the last content: where nothing comes back, more of them is a flood. */
const MANY_UNANSWERED = 50;
const MOST_RECORDS = 20_000;

interface Answering {
  openedAtMs: number;
  failures: number;
  /** Attempts that began since. */
  unanswered: number;
}

export class AnsweringCredentials {
  readonly #records = new Map<string, Answering>();

  opened(credentialId: string, nowMs: number): void {
    const record = this.#records.get(credentialId);
    if (record) {
      record.openedAtMs = nowMs;
      record.failures = 0;
      record.unanswered = 0;
      return;
    }
    // As many as the configuration names, times its reloads: cleared rather than aged.
    if (this.#records.size >= MOST_RECORDS) this.#records.clear();
    this.#records.set(credentialId, { openedAtMs: nowMs, failures: 0, unanswered: 0 });
  }

  began(credentialId: string): void {
    const record = this.#records.get(credentialId);
    if (record) record.unanswered++;
  }

  failed(credentialId: string): void {
    const record = this.#records.get(credentialId);
    if (record) record.failures++;
  }

  isAnswering(credentialId: string, nowMs: number): boolean {
    const record = this.#records.get(credentialId);
    if (record === undefined || nowMs - record.openedAtMs > RECENT_MS) return false;
    return record.failures < FEW_FAILURES && record.unanswered < MANY_UNANSWERED;
  }
}
