/** The port through which keys are kept; implemented in store/, injected by main. */
import type { KeyRecord } from '../core/caller.ts';

export interface KeyStore {
  /** Every key, for the table built at boot. */
  list(): Promise<readonly KeyRecord[]>;
  /** Inserts or replaces by hash; resolves once durable. */
  put(key: KeyRecord): Promise<void>;
  /** True where the key existed. Settled generations keep the hash. */
  remove(hash: string): Promise<boolean>;
}
