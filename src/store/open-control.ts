import type { Json } from '../core/json.ts';
import { type ControlHandler, sendControl } from './control-socket.ts';
import { acquireLock, findLockHolder, LockHeldError } from './lock.ts';
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from './open-sqlite-store.ts';

export interface ControlClient {
  /** @throws GatewayError as the command refuses */
  request(command: string, args: Json): Promise<Json>;
  close(): Promise<void>;
}

export interface OpenControlOptions extends SqliteStoreOptions {
  /** Makes the same handler over an opened store that a server has on its socket. */
  serve(store: SqliteStore): Promise<ControlHandler>;
}

/**
 * The way for a command that changes state: to the server that holds the data folder, else on the store itself, holding
 * the lock meanwhile.
 * @throws LockHeldError where another command is at work on the folder
 */
export async function openControl(options: OpenControlOptions): Promise<ControlClient> {
  const holder = await findLockHolder(options.dataDirectory);
  if (holder !== null) {
    const { socketPath } = holder;
    if (socketPath === null) throw new LockHeldError(options.dataDirectory, holder);
    return { request: (command, args) => sendControl(socketPath, command, args), close: async () => {} };
  }
  const lock = await acquireLock(options.dataDirectory, null);
  try {
    const store = await openSqliteStore(options);
    const handler = await options.serve(store);
    return {
      request: handler,
      async close() {
        await store.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
