import type { Recording } from './recordings.ts';

/** Counts of what became of recordings, by provider: printed, so that a run shows what it really compared. */
export class Tally {
  readonly #rows = new Map<string, Map<string, number>>();
  readonly failures: string[] = [];

  add(provider: string, outcome: string): void {
    const row = this.#rows.get(provider) ?? new Map<string, number>();
    row.set(outcome, (row.get(outcome) ?? 0) + 1);
    this.#rows.set(provider, row);
  }

  /** Counts what the check says, or the failure it throws. */
  check({ provider, id }: Recording, check: () => string): void {
    try {
      this.add(provider, check());
    } catch (thrown) {
      this.add(provider, 'FAILED');
      this.failures.push(`${id}: ${thrown instanceof Error ? thrown.message.slice(0, 900) : String(thrown)}`);
    }
  }

  /** Of all providers. */
  count(outcome: string): number {
    return [...this.#rows.values()].reduce((sum, row) => sum + (row.get(outcome) ?? 0), 0);
  }

  print(title: string): void {
    const rows = [...this.#rows].map(
      ([provider, row]) => `  ${provider}: ${[...row].map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`,
    );
    console.log([title, ...rows].join('\n'));
  }
}
