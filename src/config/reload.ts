/** What a reload cannot change in a running process. */
import { formatListen } from './listen.ts';
import type { Settings } from './settings.ts';

/** The keys whose new value needs a restart, as the file spells them; empty where the reload takes all of it. */
export function keysNeedingRestart(running: Settings, next: Settings): readonly string[] {
  return [
    ...(formatListen(running.listen) === formatListen(next.listen) ? [] : ['listen']),
    ...(running.dataDirectory === next.dataDirectory ? [] : ['data']),
    ...(running.databaseUrl === next.databaseUrl ? [] : ['database_url']),
    ...(isSameCache(running, next) ? [] : ['response_cache']),
    // Certificates are read again in place; only turning HTTPS on or off changes the listener.
    ...((running.tls === null) === (next.tls === null) ? [] : ['tls']),
  ];
}

function isSameCache({ responseCache: running }: Settings, { responseCache: next }: Settings): boolean {
  return running.maxBytes === next.maxBytes && running.persist === next.persist;
}
