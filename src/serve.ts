/** A serving process: settings → store, keys, snapshot, routes, sockets; reload and an orderly end. */
import { mkdirSync } from 'node:fs';
import packageJson from '../package.json';
import { readRefreshedRows } from './cli/refreshed-rows.ts';
import { createSecureRandom, loadSources, randomHex, sha256Hex, systemClock } from './compose.ts';
import { createKeyTable } from './config/key-table.ts';
import { keysNeedingRestart } from './config/reload.ts';
import type { Settings } from './config/settings.ts';
import { createEgress } from './egress/egress.ts';
import { createCooldowns } from './health/cooldowns.ts';
import { refuseOverLimit } from './ledger/admission.ts';
import { createBalances } from './ledger/balances.ts';
import { createDeadlines } from './pipeline/deadlines.ts';
import type { PipelinePorts } from './pipeline/exchange.ts';
import { createRunningExchanges } from './pipeline/running.ts';
import { buildSnapshot } from './pipeline/snapshot.ts';
import { createSimScheme } from './providers/sim/local-scheme.ts';
import { type SeedEnvironment, type SeededKeys, seedKeys } from './seed-keys.ts';
import { createApp } from './server/app.ts';
import { createControl } from './server/management/control.ts';
import { createKeyAdmin } from './server/management/key-admin.ts';
import { apiRoutes } from './server/routes.ts';
import { controlSocketPath, listenControl } from './store/control-socket.ts';
import { acquireLock } from './store/lock.ts';
import { openSqliteStore } from './store/open-sqlite-store.ts';
import type { Log } from './telemetry/log.ts';

/** For the last frames of settled exchanges to leave their sockets. */
const LAST_BYTES_MS = 200;

export interface ServeOptions {
  readonly settings: Settings;
  readonly seeds: SeedEnvironment;
  readonly log: Log;
}

export interface RunningServer {
  readonly url: string;
  readonly firstRun: SeededKeys['firstRun'];
  readonly notices: readonly string[];
  readonly modelCount: number;
  /** YYYY-MM-DD of the prices in force. */
  readonly pricesDate: string;
  /** Swaps the snapshot whole, or throws and keeps the last good one. */
  reload(settings: Settings): readonly string[];
  /** Stops accepting, lets what runs finish for `graceMs`, then closes. */
  stop(graceMs: number): Promise<void>;
}

export async function startServer({ settings, seeds, log }: ServeOptions): Promise<RunningServer> {
  const clock = systemClock;
  const { dataDirectory } = settings;
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const socketPath = controlSocketPath(dataDirectory);
  const lock = await acquireLock(dataDirectory, socketPath);
  const store = await openSqliteStore({ dataDirectory, clock, warn: (message) => log.info(message) });
  const keySources = { digest: sha256Hex, randomHex };
  const seeded = await seedKeys(seeds, { ...keySources, store: store.keys, clock });
  const keyTable = createKeyTable(seeded.records);
  const balances = createBalances(clock);
  balances.load(await store.queries.spendByKeyAndDay());
  const sources = loadSources(await readRefreshedRows(dataDirectory));
  let snapshot = buildSnapshot(settings, sources);

  const deadlines = createDeadlines(clock);
  const running = createRunningExchanges();
  const pipeline: PipelinePorts = {
    clock,
    random: createSecureRandom(),
    egress: createEgress({ localSchemes: { 'sim:': createSimScheme(sleep) } }),
    deadlines,
    cooldowns: createCooldowns(clock),
    ledger: store.ledger,
    spend: {
      admit: ({ key }) => refuseOverLimit(balances, key, 0n),
      post: (keyHash, costNanoUsd, atMs) => balances.post(keyHash, costNanoUsd, atMs),
    },
    running,
    endUserToken: (keyHash, user) => sha256Hex(`${keyHash} ${user}`).slice(0, 32),
    log,
  };
  const auth = {
    keyByHash: (hash: string) => keyTable.get(hash),
    digest: sha256Hex,
    nowMs: () => clock.now(),
  };
  const keyAdmin = createKeyAdmin({ ...keySources, keyStore: store.keys, keyTable, clock });
  const app = createApp({
    inference: { pipeline, auth, snapshot: () => snapshot },
    version: packageJson.version,
    routes: apiRoutes({
      auth,
      snapshot: () => snapshot,
      deadlines,
      clock,
      balances,
      keyAdmin,
      ledger: store.ledger,
      queries: store.queries,
      running,
      storeHealth: store.health,
      wholeCatalogue: sources,
    }),
  });
  const control = listenControl(socketPath, createControl({ keyAdmin, balances, clock }));
  const server = Bun.serve({
    hostname: settings.listen.host,
    port: settings.listen.port,
    idleTimeout: 0,
    // Whoever reads a body counts it and refuses in the API's form (read-body.ts); the runtime's own 413 has no body at all.
    // What nobody reads is not kept in memory.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    ...(settings.tls && { tls: { cert: Bun.file(settings.tls.certFile), key: Bun.file(settings.tls.keyFile) } }),
    fetch: app.fetch,
  });
  return {
    url: `${settings.tls ? 'https' : 'http'}://${settings.listen.host}:${server.port}`,
    firstRun: seeded.firstRun,
    notices: snapshot.notices,
    modelCount: snapshot.models.size,
    pricesDate: sources.pricesDate,
    reload(next) {
      const rebuilt = buildSnapshot(next, sources);
      snapshot = rebuilt;
      const restart = keysNeedingRestart(settings, next).map(
        (key) => `restart needed for the new ${key} to take effect`,
      );
      return [...restart, ...rebuilt.notices];
    },
    async stop(graceMs) {
      // Closes the listening socket at once. Its promise also waits for idle keep-alive connections, which may stay for
      // ever: what counts is that no exchange is under way.
      const stopped = server.stop(false);
      const endsAtMs = clock.now() + graceMs;
      while (running.size() > 0 && clock.now() < endsAtMs) await sleep(20);
      await Promise.race([stopped, sleep(LAST_BYTES_MS)]);
      await Promise.race([server.stop(true), sleep(LAST_BYTES_MS)]);
      control.close();
      await store.ledger.flush();
      await store.close();
      deadlines.close();
      lock.release();
      log.flush();
    },
  };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
