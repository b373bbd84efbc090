/** The signalbox command: the only place that reads the environment and the command line. */
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { CATALOG_USAGE, catalogCommand } from './cli/catalog.ts';
import { CONFIG_USAGE, configCommand } from './cli/config.ts';
import { KEYS_USAGE, keysCommand } from './cli/keys.ts';
import { readRefreshedRows } from './cli/refreshed-rows.ts';
import { ROUTE_USAGE, routeCommand } from './cli/route.ts';
import { serveCommand } from './cli/serve.ts';
import { SIM_USAGE, simCommand } from './cli/sim.ts';
import { builtDialects, createSecureRandom, loadSources, randomHex, sha256Hex, systemClock } from './compose.ts';
import { createKeyTable } from './config/key-table.ts';
import { type LoadOutcome, loadSettings } from './config/load.ts';
import { createBalances } from './ledger/balances.ts';
import { providers } from './providers/registry.gen.ts';
import { startServer } from './serve.ts';
import { createControl } from './server/management/control.ts';
import { createKeyAdmin } from './server/management/key-admin.ts';
import { sendControl } from './store/control-socket.ts';
import { findLockHolder } from './store/lock.ts';
import { openControl } from './store/open-control.ts';
import { createLog } from './telemetry/log.ts';

const USAGE = `usage: signalbox <command>

  serve    [--config FILE] [--listen HOST:PORT] [--data DIR]   serve the API (the default command)
  keys     create|list|disable                                 manage API keys
  config   check FILE                                          say what is wrong with a configuration file
  route    explain FILE | test FILE.yaml                       where a request would go and why; routing tests for CI
  catalog  refresh|show                                        update models and prices, or show their date
  sim      --listen HOST:PORT [--log FILE]                     the simulated provider as a server of its own
  help                                                         this text

The same as options of serve: SIGNALBOX_CONFIG, SIGNALBOX_LISTEN, SIGNALBOX_DATA.
`;

const USAGES: ReadonlyMap<string, string> = new Map([
  ['serve', USAGE],
  ['keys', KEYS_USAGE],
  ['config', CONFIG_USAGE],
  ['route', ROUTE_USAGE],
  ['catalog', CATALOG_USAGE],
  ['sim', SIM_USAGE],
]);

const { env } = process;
const out = (text: string): void => void process.stdout.write(text);
const err = (text: string): void => void process.stderr.write(text);
const builtDialectIds = builtDialects.map(({ id }) => id);

async function main(args: readonly string[]): Promise<number> {
  const [command = 'serve', ...rest] = args;
  const usage = USAGES.get(command);
  if (usage !== undefined && rest.some((word) => word === '--help' || word === '-h')) {
    out(usage);
    return 0;
  }
  switch (command) {
    case 'serve':
      return serve(rest);
    case 'keys':
      return keysCommand(rest, {
        print: (line) => out(`${line}\n`),
        complain: (line) => err(`${line}\n`),
        control: controlStore,
      });
    case 'config':
      return configCommand(
        rest,
        { write: out, readFile: (path) => readFile(path, 'utf8'), env },
        { knownProviders: providers, builtDialects: builtDialectIds, readText },
      );
    case 'route':
      return route(rest);
    case 'catalog':
      return catalog(rest);
    case 'sim':
      return simCommand(rest, { out, err, signal: endSignal() });
    case 'help':
    case '--help':
    case '-h':
      out(USAGE);
      return 0;
    default:
      err(`signalbox: there is no command "${command}"\n\n${USAGE}`);
      return 2;
  }
}

interface Flags {
  readonly config: string | undefined;
  readonly listen: string | undefined;
  readonly data: string | undefined;
}

async function serve(args: readonly string[]): Promise<number> {
  assertLauncher();
  const flags = parseFlags(args);
  if (typeof flags === 'string') {
    err(`signalbox serve: ${flags}\n\n${USAGE}`);
    return 2;
  }
  const log = createLog({ write: err, now: () => systemClock.now(), exchanges: env['SIGNALBOX_LOG'] !== 'errors' });
  return serveCommand({
    out,
    err,
    load: () => load(flags),
    start: (settings) =>
      startServer({
        settings,
        log,
        seeds: { managementKey: env['SIGNALBOX_MANAGEMENT_KEY'], apiKey: env['SIGNALBOX_API_KEY'] },
      }),
    ended: endOf(endSignal()),
  });
}

/** Everything goes through bin/runtime: without its limits the 257th stream would wait for the first to end. */
function assertLauncher(): void {
  if (env['BUN_CONFIG_MAX_HTTP_REQUESTS']) return;
  throw new RangeError('start the server with bin/signalbox (or npm start): it sets limits that the runtime needs');
}

function parseFlags(args: readonly string[]): Flags | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { config: { type: 'string' }, listen: { type: 'string' }, data: { type: 'string' } },
    });
    return {
      config: values.config ?? env['SIGNALBOX_CONFIG'],
      listen: values.listen ?? env['SIGNALBOX_LISTEN'],
      data: values.data ?? env['SIGNALBOX_DATA'],
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function load({ config, listen, data }: Flags): Promise<LoadOutcome> {
  return loadSettings({
    file: config ?? null,
    ...(config !== undefined && { text: await readConfig(config) }),
    env,
    flags: { listen, data },
    knownProviders: providers,
    builtDialects: builtDialectIds,
    readText,
  });
}

/** Files of credentials, which the configuration names: small, and read at start and at a reload only. */
function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

async function readConfig(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new RangeError(
      `cannot read the configuration file ${path}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** A state-changing command: to the running server, else on the store itself. */
async function controlStore(command: string, args: Parameters<ReturnType<typeof createControl>>[1], data?: string) {
  const dataDirectory = data ?? env['SIGNALBOX_DATA'] ?? './data';
  const control = await openControl({
    dataDirectory,
    clock: systemClock,
    async serve(store) {
      const keyTable = createKeyTable(await store.keys.list());
      const balances = createBalances(systemClock);
      balances.load(await store.queries.spendByKeyAndDay());
      const sources = { digest: sha256Hex, randomHex };
      const keyAdmin = createKeyAdmin({ ...sources, keyStore: store.keys, keyTable, clock: systemClock });
      return createControl({ keyAdmin, balances, clock: systemClock });
    },
  });
  try {
    return await control.request(command, args);
  } finally {
    await control.close();
  }
}

function route(args: readonly string[]): Promise<number> {
  return routeCommand(args, {
    print: (line) => out(`${line}\n`),
    complain: (line) => err(`${line}\n`),
    env,
    readText: (path) => (path === '-' ? Bun.stdin.text() : readFile(path, 'utf8')),
    knownProviders: providers,
    builtDialects: builtDialectIds,
    sources: async (dataDirectory) =>
      loadSources(dataDirectory === null ? undefined : await readRefreshedRows(dataDirectory)),
    async askServer(dataDirectory, command, request) {
      const holder = await findLockHolder(dataDirectory);
      return holder?.socketPath ? sendControl(holder.socketPath, command, request) : null;
    },
    random: createSecureRandom(),
    now: () => systemClock.now(),
  });
}

async function catalog(args: readonly string[]): Promise<number> {
  const outcome = await load({ config: env['SIGNALBOX_CONFIG'], listen: undefined, data: env['SIGNALBOX_DATA'] });
  if (!outcome.ok) {
    err('signalbox catalog: the configuration has problems; see "signalbox config check".\n');
    return 1;
  }
  return catalogCommand(args, {
    write: out,
    async readLine(prompt) {
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return await lines.question(prompt);
      } finally {
        lines.close();
      }
    },
    async fetchJson(url) {
      const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      return response.json();
    },
    readFile: (path) => readFile(path, 'utf8'),
    writeFile: replaceFile,
    dataDirectory: outcome.settings.dataDirectory,
    sourceUrl: outcome.settings.catalog.source,
  });
}

/** Whole or not at all: a reader sees the old file or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.new`;
  await writeFile(fresh, text, { mode: 0o600 });
  await rename(fresh, path);
}

function endSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second one means now.
      if (controller.signal.aborted) process.exit(130);
      controller.abort(signal);
    });
  }
  return controller.signal;
}

function endOf(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(String(signal.reason)), { once: true });
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // What is ours says cause and cure in its message; anything else is worth its stack.
  const text = error instanceof Error ? error : new Error(String(error));
  err(`signalbox: ${text instanceof RangeError ? text.message : (text.stack ?? text.message)}\n`);
  process.exitCode = 1;
}
// Whatever still holds a handle (a keep-alive socket, a pooled upstream connection) must not hold the process.
process.exit();
