/** The response cache as the settings want it: in memory, with a mirror on disk, or not at all. */
import { createResponseCache } from './cache/response-cache.ts';
import { sha256Hex } from './compose.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './core/ids.ts';
import type { ResponseCachePorts } from './server/public/response-cache.ts';
import { discardCacheFile, type OpenCacheStore, openCacheStore } from './store/response-cache/open-cache-store.ts';

export interface ServedResponseCache {
  /** Null where it is turned off. */
  readonly ports: ResponseCachePorts | null;
  close(): Promise<void>;
}

export interface ResponseCacheOptions {
  readonly settings: Pick<Settings, 'dataDirectory' | 'responseCache'>;
  readonly clock: Clock;
  warn(message: string): void;
}

/** Resolves once what an earlier process kept can be given again. The caller holds the data folder's lock. */
export async function openResponseCache({ settings, clock, warn }: ResponseCacheOptions): Promise<ServedResponseCache> {
  const { dataDirectory } = settings;
  const { maxBytes, persist } = settings.responseCache;
  let store: OpenCacheStore | undefined;
  if (maxBytes > 0 && persist) store = openCacheStore({ dataDirectory, maxBytes, clock, warn });
  else discardCacheFile(dataDirectory);
  if (maxBytes === 0) return { ports: null, async close() {} };
  const cache = createResponseCache({ maxBytes, ...(store && { store }) });
  if (store) cache.adopt(await store.load(), clock.now());
  return {
    ports: { cache, digest: sha256Hex },
    async close() {
      await store?.close();
    },
  };
}
