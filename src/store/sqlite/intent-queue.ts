import type { Intent } from '../../ledger/store.ts';
import type { SqlRow } from './messages.ts';

interface YoungIntent {
  readonly intent: Intent;
  readonly dueAtMs: number;
}

export interface IntentQueueOptions {
  monotonicMs(): number;
  readonly intentDelayMs: number;
}

/**
 * Intents wait a little before they are written: most exchanges settle first and never need the row. `wake` is called
 * when some are due.
 */
export function createIntentQueue(options: IntentQueueOptions, wake: () => void) {
  const young = new Map<string, YoungIntent>();
  /** Written or being written, and not settled. */
  const written = new Set<string>();
  let leaving: readonly YoungIntent[] = [];
  let closing: readonly string[] = [];
  let timer: Timer | null = null;
  let hurried = false;

  function arm(delayMs: number): void {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      wake();
    }, delayMs);
    timer.unref();
  }

  return {
    add(intent: Intent): void {
      young.set(intent.id, { intent, dueAtMs: options.monotonicMs() + options.intentDelayMs });
      arm(options.intentDelayMs);
    },
    /** The settlement came first. */
    supersede(id: string): void {
      young.delete(id);
    },
    takeDue(): readonly SqlRow[] {
      if (young.size === 0) return [];
      const nowMs = options.monotonicMs();
      const due: YoungIntent[] = [];
      for (const [id, entry] of young) {
        // In order of arrival: the first that is not due ends the search.
        if (!hurried && entry.dueAtMs > nowMs) {
          arm(entry.dueAtMs - nowMs);
          break;
        }
        due.push(entry);
        young.delete(id);
        written.add(id);
      }
      hurried = false;
      leaving = due;
      return due.map(({ intent }) => [intent.id, intent.startedAtMs, intent.keyHash, intent.modelId]);
    },
    /** Which of these settled exchanges have an intent to remove. */
    takeClosed(ids: readonly string[]): readonly string[] {
      closing = written.size === 0 ? [] : ids.filter((id) => written.has(id));
      for (const id of closing) written.delete(id);
      return closing;
    },
    acknowledge(): void {
      leaving = [];
      closing = [];
    },
    /** The batch failed: what it carried is as before, except where the exchange has settled since. */
    restore(isSettled: (id: string) => boolean): void {
      const later = [...young];
      young.clear();
      // They stay in `written` too: a worker that died may have committed before it could say so.
      for (const entry of leaving) if (!isSettled(entry.intent.id)) young.set(entry.intent.id, entry);
      for (const [id, entry] of later) young.set(id, entry);
      for (const id of closing) written.add(id);
      leaving = [];
      closing = [];
    },
    hurry(): void {
      hurried = young.size > 0;
    },
    isIdle: () => young.size === 0,
  };
}
