import type { RunningExchanges } from './exchange.ts';

/** The exchanges under way, by id. */
export function createRunningExchanges(): RunningExchanges & { readonly size: () => number } {
  const keyHashes = new Map<string, string>();
  return {
    add: (id, keyHash) => void keyHashes.set(id, keyHash),
    remove: (id) => void keyHashes.delete(id),
    keyHashOf: (id) => keyHashes.get(id),
    size: () => keyHashes.size,
  };
}
