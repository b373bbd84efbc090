/** A serving process: settings → store, keys, snapshot, routes, sockets; reload and an orderly end. */
import { mkdirSync } from 'node:fs';
import packageJson from '../package.json';
import { readRefreshedRows } from './cli/refreshed-rows.ts';
import { createSecureRandom, loadSources, randomHex, sha256Hex, systemClock } from './compose.ts';
import { createKeyTable } from './config/key-table.ts';
import { keysNeedingRestart } from './config/reload.ts';
import type { Settings } from './config/settings.ts';
import { NO_POSTGRESQL } from './config/settings.ts';
import { watchConfig } from './config/watch.ts';
import { createEgress } from './egress/egress.ts';
import { getJson } from './egress/get-json.ts';
import { postText } from './egress/post-text.ts';
import { createHealth } from './health/create-health.ts';
import { createRetryBudget } from './health/retry-budget.ts';
import { refuseOverLimit } from './ledger/admission.ts';
import { createBalances } from './ledger/balances.ts';
import { openResponseCache } from './open-response-cache.ts';
import { createDeadlines } from './pipeline/deadlines.ts';
import type { PipelinePorts } from './pipeline/exchange.ts';
import { createRunningExchanges } from './pipeline/running.ts';
import { buildSnapshot } from './pipeline/snapshot.ts';
import { createPdfReader } from './plugins/file-parser/pdf-reader.ts';
import { createPresetTable } from './presets/preset-table.ts';
import { createSigners } from './providers/auth/signers.ts';
import { createSimScheme } from './providers/sim/local-scheme.ts';
import { type SeedEnvironment, type SeededKeys, seedKeys } from './seed-keys.ts';
import { createApp } from './server/app.ts';
import { type Listener, openListener } from './server/listener.ts';
import { createControl } from './server/management/control.ts';
import { createKeyAdmin } from './server/management/key-admin.ts';
import { createPresetAdmin } from './server/management/preset-admin.ts';
import { apiRoutes } from './server/routes.ts';
import { createSessions } from './sessions/sessions.ts';
import { controlSocketPath, listenControl } from './store/control-socket.ts';
import { acquireLock } from './store/lock.ts';
import { openSqliteStore } from './store/open-sqlite-store.ts';
import type { Log } from './telemetry/log.ts';

/** For the last frames of settled exchanges to leave their sockets. */
const LAST_BYTES_MS = 200;
/** For an account's access token, which a request may have to wait for. */
const TOKEN_LIMITS = { timeoutMs: 10_000, maxBytes: 64 * 1024 };

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
  if (settings.databaseUrl !== null) throw new RangeError(NO_POSTGRESQL);
  const clock = systemClock;
  const { dataDirectory } = settings;
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const socketPath = controlSocketPath(dataDirectory);
  const lock = await acquireLock(dataDirectory, socketPath);
  const store = await openSqliteStore({ dataDirectory, clock, warn: (message) => log.info(message) });
  const keySources = { digest: sha256Hex, randomHex };
  const seeded = await seedKeys(seeds, { ...keySources, store: store.keys, clock });
  const keyTable = createKeyTable(seeded.records);
  const presetTable = createPresetTable(await store.presets.list());
  const balances = createBalances(clock);
  balances.load(await store.queries.spendByKeyAndDay());
  const instanceId = randomHex(8);
  const egress = createEgress({ localSchemes: { 'sim:': createSimScheme(sleep) } });
  const signers = createSigners({ clock, ask: (request) => postText(egress, request, TOKEN_LIMITS) });
  const sources = { ...loadSources(await readRefreshedRows(dataDirectory)), instanceId, signers };
  let snapshot = buildSnapshot(settings, sources);

  const deadlines = createDeadlines(clock);
  const running = createRunningExchanges();
  const responseCache = await openResponseCache({ settings, clock, warn: (message) => log.info(message) });
  const health = createHealth({ clock });
  const pipeline: PipelinePorts = {
    clock,
    random: createSecureRandom(),
    egress,
    deadlines,
    health,
    retries: createRetryBudget({ clock }),
    sessions: createSessions(),
    fingerprint: (text) => Bun.hash(text).toString(36),
    instanceId,
    pluginSources: { clock, pdfReader: createPdfReader(), getJson },
    ledger: store.ledger,
    spend: {
      admit: ({ key }) => refuseOverLimit(balances, key, 0n),
      left: ({ key }) => balances.remainingOf(key),
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
  const uuid = () => crypto.randomUUID();
  const presetAdmin = createPresetAdmin({ presetStore: store.presets, presetTable, clock, uuid });
  const explain = { ...pipeline, snapshot: () => snapshot, presets: presetTable };
  const app = createApp({
    inference: { pipeline, auth, presets: presetTable, snapshot: () => snapshot, responseCache: responseCache.ports },
    version: packageJson.version,
    routes: apiRoutes({
      auth,
      snapshot: () => snapshot,
      deadlines,
      clock,
      balances,
      keyAdmin,
      presetAdmin,
      explain,
      statsOf: health.statsOf,
      ledger: store.ledger,
      queries: store.queries,
      running,
      storeHealth: store.health,
      wholeCatalogue: sources,
    }),
  });
  const control = listenControl(socketPath, createControl({ keyAdmin, balances, clock, explain }));
  const listener = openListener({ ...settings.listen, tls: settings.tls, app });
  const certificate = watchCertificate(settings, listener, log);
  return {
    url: `${settings.tls ? 'https' : 'http'}://${settings.listen.host}:${listener.port}`,
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
      certificate.close();
      const closed = listener.close();
      const endsAtMs = clock.now() + graceMs;
      while (running.size() > 0 && clock.now() < endsAtMs) await sleep(20);
      await Promise.race([closed, sleep(LAST_BYTES_MS)]);
      await Promise.race([listener.terminate(), sleep(LAST_BYTES_MS)]);
      control.close();
      await store.ledger.flush();
      await store.close();
      await responseCache.close();
      deadlines.close();
      lock.release();
      log.flush();
    },
  };
}

/** A renewed certificate is served to new connections; a broken one leaves the last good one in place, and says so. */
function watchCertificate({ tls }: Settings, listener: Listener, log: Log): { close(): void } {
  if (!tls) return { close() {} };
  const onChange = (): void => {
    try {
      listener.renewCertificate();
      log.info('the certificate was renewed');
    } catch (cause) {
      log.error('the new certificate cannot be used; the last good one stays', cause);
    }
  };
  const watches = [tls.certFile, tls.keyFile].map((file) => watchConfig({ file, onChange }));
  return {
    close() {
      for (const watch of watches) watch.close();
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
