/** The signalbox command: the only place that reads the environment and the command line. */
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadOutcome } from './config/load.ts';
import type { createControl } from './server/management/control.ts';

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

const { env } = process;
const out = (text: string): void => void process.stdout.write(text);
const err = (text: string): void => void process.stderr.write(text);

interface Command {
  readonly usage: string;
  /** Gives the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** Each loads what it needs itself: `keys list` need not read the catalogue, nor `serve` what imports catalogues. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => ({ usage: USAGE, run: serve })],
  ['keys', keys],
  ['config', config],
  ['route', route],
  ['catalog', catalog],
  ['sim', sim],
]);

async function main([name = 'serve', ...args]: readonly string[]): Promise<number> {
  if (name === 'help' || isHelp(name)) {
    out(USAGE);
    return 0;
  }
  const command = COMMANDS.get(name);
  if (!command) {
    err(`signalbox: there is no command "${name}"\n\n${USAGE}`);
    return 2;
  }
  const { usage, run } = await command();
  if (!args.some(isHelp)) return run(args);
  out(usage);
  return 0;
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
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
  const { serveCommand } = await import('./cli/serve.ts');
  const { systemClock } = await import('./compose.ts');
  const { startServer } = await import('./serve.ts');
  const { createLog } = await import('./telemetry/log.ts');
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
  const { loadSettings } = await import('./config/load.ts');
  return loadSettings({
    file: config ?? null,
    ...(config !== undefined && { text: await readConfig(config) }),
    env,
    flags: { listen, data },
    ...(await whatIsKnown()),
    readText,
  });
}

/** The providers and grammars of this release, by which a configuration is judged. */
async function whatIsKnown() {
  const { builtDialects } = await import('./compose.ts');
  const { providers } = await import('./providers/registry.gen.ts');
  return { knownProviders: providers, builtDialects: builtDialects.map(({ id }) => id) };
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

async function config(): Promise<Command> {
  const { CONFIG_USAGE, configCommand } = await import('./cli/config.ts');
  const io = { write: out, readFile: (path: string) => readFile(path, 'utf8'), env };
  return {
    usage: CONFIG_USAGE,
    run: async (args) => configCommand(args, io, { ...(await whatIsKnown()), readText }),
  };
}

async function keys(): Promise<Command> {
  const { KEYS_USAGE, keysCommand } = await import('./cli/keys.ts');
  const io = {
    print: (line: string) => out(`${line}\n`),
    complain: (line: string) => err(`${line}\n`),
    control: controlStore,
  };
  return { usage: `${KEYS_USAGE}\n`, run: (args) => keysCommand(args, io) };
}

/** A state-changing command: to the running server, else on the store itself. */
async function controlStore(command: string, args: Parameters<ReturnType<typeof createControl>>[1], data?: string) {
  const { randomHex, sha256Hex, systemClock } = await import('./compose.ts');
  const { openControl } = await import('./store/open-control.ts');
  const dataDirectory = data ?? env['SIGNALBOX_DATA'] ?? './data';
  const control = await openControl({
    dataDirectory,
    clock: systemClock,
    async serve(store) {
      const { createKeyTable } = await import('./config/key-table.ts');
      const { createBalances } = await import('./ledger/balances.ts');
      const { createControl } = await import('./server/management/control.ts');
      const { createKeyAdmin } = await import('./server/management/key-admin.ts');
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

async function route(): Promise<Command> {
  const { ROUTE_USAGE, routeCommand } = await import('./cli/route.ts');
  const { createSecureRandom, loadSources, systemClock } = await import('./compose.ts');
  const { readRefreshedRows } = await import('./cli/refreshed-rows.ts');
  const { findLockHolder } = await import('./store/lock.ts');
  const { sendControl } = await import('./store/control-socket.ts');
  const known = await whatIsKnown();
  return {
    usage: `${ROUTE_USAGE}\n`,
    run: (args) =>
      routeCommand(args, {
        print: (line) => out(`${line}\n`),
        complain: (line) => err(`${line}\n`),
        env,
        readText: (path) => (path === '-' ? Bun.stdin.text() : readFile(path, 'utf8')),
        ...known,
        sources: async (dataDirectory) =>
          loadSources(dataDirectory === null ? undefined : await readRefreshedRows(dataDirectory)),
        async askServer(dataDirectory, command, request) {
          const holder = await findLockHolder(dataDirectory);
          return holder?.socketPath ? sendControl(holder.socketPath, command, request) : null;
        },
        random: createSecureRandom(),
        now: () => systemClock.now(),
      }),
  };
}

async function catalog(): Promise<Command> {
  const { CATALOG_USAGE, catalogCommand } = await import('./cli/catalog.ts');
  return {
    usage: CATALOG_USAGE,
    async run(args) {
      const outcome = await load({ config: env['SIGNALBOX_CONFIG'], listen: undefined, data: env['SIGNALBOX_DATA'] });
      if (!outcome.ok) {
        err('signalbox catalog: the configuration has problems; see "signalbox config check".\n');
        return 1;
      }
      return catalogCommand(args, {
        write: out,
        readLine: askLine,
        fetchJson,
        readFile: (path) => readFile(path, 'utf8'),
        writeFile: replaceFile,
        dataDirectory: outcome.settings.dataDirectory,
        sourceUrl: outcome.settings.catalog.source,
      });
    },
  };
}

async function sim(): Promise<Command> {
  const { SIM_USAGE, simCommand } = await import('./cli/sim.ts');
  return { usage: SIM_USAGE, run: (args) => simCommand(args, { out, err, signal: endSignal() }) };
}

async function askLine(prompt: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await lines.question(prompt);
  } finally {
    lines.close();
  }
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
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
