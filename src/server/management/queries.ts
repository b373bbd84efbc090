/** The reading port of management routes, implemented in store/ over reader workers, injected by main. */
import type { NanoUsd } from '../../core/money.ts';
import type { Settlement } from '../../ledger/store.ts';

export interface ManagementQueries {
  /** A settled exchange, or undefined. The caller checks whose it is. */
  generation(id: string): Promise<Settlement | undefined>;
  /** Sums of settled cost by key and UTC day, for rebuilding the counters at boot. */
  spendByKeyAndDay(): Promise<readonly { keyHash: string; utcDay: string; costNanoUsd: NanoUsd }[]>;
}
