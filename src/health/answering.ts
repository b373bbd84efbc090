/** Which providers, by credential, have just answered: where the retry budget need not protect anybody. */

const RECENT_MS = 30_000;
/** In a row since the last content. */
const FEW_FAILURES = 3;
const MOST_RECORDS = 20_000;

interface Answering {
  openedAtMs: number;
  failures: number;
}

export class AnsweringCredentials {
  readonly #records = new Map<string, Answering>();

  opened(credentialId: string, nowMs: number): void {
    const record = this.#records.get(credentialId);
    if (record) {
      record.openedAtMs = nowMs;
      record.failures = 0;
      return;
    }
    // As many as the configuration names, times its reloads: cleared rather than aged.
    if (this.#records.size >= MOST_RECORDS) this.#records.clear();
    this.#records.set(credentialId, { openedAtMs: nowMs, failures: 0 });
  }

  failed(credentialId: string): void {
    const record = this.#records.get(credentialId);
    if (record) record.failures++;
  }

  isAnswering(credentialId: string, nowMs: number): boolean {
    const record = this.#records.get(credentialId);
    return record !== undefined && nowMs - record.openedAtMs <= RECENT_MS && record.failures < FEW_FAILURES;
  }
}
