/** The programs that are measured: how each is started in front of the upstream, how it is asked, how it ends. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subprocess } from 'bun';
import type { GrammarId } from './grammars/grammar.ts';
import { familyOf } from './proc-stat.ts';
import { isTranslated, PRICES, ROWS, type Row } from './rows.ts';

export type ContenderId = 'direct' | 'pass-through' | 'nginx' | 'signalbox' | 'portkey';

export interface Contender {
  readonly id: ContenderId;
  readonly name: string;
  /** Whether it can be asked this: what only forwards bytes serves clients of the host's own grammar. */
  serves(row: Row): boolean;
  /** Starts it and waits until it answers. @throws Unavailable where it is not installed or not built */
  start(upstreamPort: number): Promise<Running>;
}

export interface Running {
  readonly port: number;
  headersFor(row: Row): Readonly<Record<string, string>>;
  /** From the start of the program to its first answer. */
  readonly readyMs: number;
  /** Ids of the program and its children; empty where there is no gateway. */
  pids(): readonly number[];
  /** What it charged so far, where it keeps books. */
  spentNanoUsd?(): Promise<bigint>;
  stop(): Promise<void>;
}

/** Why a contender is left out of the table. */
export class Unavailable extends Error {}

const ROOT = join(import.meta.dir, '..');
const RUNTIME = join(ROOT, 'bin', 'runtime');
const READY_WITHIN_MS = 20_000;
const forwards = (row: Row): boolean => !isTranslated(row);

export const contenders: readonly Contender[] = [
  {
    id: 'direct',
    name: 'no gateway',
    serves: forwards,
    start: async (upstreamPort) => ({
      port: upstreamPort,
      headersFor: () => ({}),
      readyMs: Number.NaN,
      pids: () => [],
      stop: async () => {},
    }),
  },
  { id: 'pass-through', name: 'pass-through (same runtime)', serves: forwards, start: startPassThrough },
  { id: 'nginx', name: 'nginx, unbuffered', serves: forwards, start: startNginx },
  { id: 'signalbox', name: 'Signalbox', serves: () => true, start: startSignalbox },
  { id: 'portkey', name: 'Portkey 1.15.2', serves: portkeyServes, start: startPortkey },
];

// ---- each of them ----

async function startPassThrough(upstreamPort: number): Promise<Running> {
  const folder = newFolder('pass-through');
  const launched = launch(folder, [RUNTIME, join(import.meta.dir, 'pass-through.ts')], {
    BENCH_UPSTREAM: `http://127.0.0.1:${upstreamPort}`,
    BENCH_PORT: String(freePort()),
  });
  return ready(launched, '/', { folder });
}

async function startNginx(upstreamPort: number): Promise<Running> {
  const binary = Bun.which('nginx', { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` });
  if (!binary) throw new Unavailable('nginx is not installed (apt-get install nginx-light)');
  const folder = newFolder('nginx');
  const port = freePort();
  writeFileSync(join(folder, 'nginx.conf'), nginxConfig(folder, port, upstreamPort));
  const command = [binary, '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  return ready(launch(folder, command, { BENCH_PORT: String(port) }), '/', { folder });
}

/** A reverse proxy as one would put before a streaming API: nothing buffered, connections kept on both sides, no log. */
function nginxConfig(folder: string, port: number, upstreamPort: number): string {
  const asRoot = process.getuid?.() === 0 ? 'user root;' : '';
  return `${asRoot}
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 18000; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 1000000000;
  upstream bench {
    server 127.0.0.1:${upstreamPort};
    keepalive 1024;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    client_max_body_size 64m;
    location / {
      proxy_pass http://bench;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`;
}

/** Everything on: keys, limits, routing, prices, ledger on disk, metrics; a provider for each grammar, its models with prices. */
async function startSignalbox(upstreamPort: number): Promise<Running> {
  if (!existsSync(join(ROOT, 'src', 'main.ts'))) throw new Unavailable('src/main.ts does not exist');
  const folder = newFolder('signalbox');
  const port = freePort();
  const key = `sk-or-v1-${'b'.repeat(64)}`;
  const rowsOf = Map.groupBy(ROWS, ({ upstream }) => upstream);
  const providers = [...rowsOf].map(([dialect, rows]) => {
    const models = rows.map((row) => ({ id: row.model, context_length: 1_000_000, pricing: PRICES }));
    // Without a version: each grammar's own is added.
    return [`bench-${dialect}`, { dialect, base_url: `http://127.0.0.1:${upstreamPort}`, api_key: 'none', models }];
  });
  writeFileSync(join(folder, 'signalbox.json'), JSON.stringify({ providers: Object.fromEntries(providers) }));
  const serve = [
    'serve',
    '--config',
    join(folder, 'signalbox.json'),
    '--listen',
    `127.0.0.1:${port}`,
    '--data',
    join(folder, 'state'),
  ];
  const launched = launch(folder, [join(ROOT, 'bin', 'signalbox'), ...serve], {
    SIGNALBOX_API_KEY: key,
    BENCH_PORT: String(port),
  });
  const headers = { authorization: `Bearer ${key}` };
  const running = await ready(launched, '/health/ready', { folder, headersFor: () => headers });
  return {
    ...running,
    spentNanoUsd: async () => {
      const reply = await fetch(`http://127.0.0.1:${port}/api/v1/key`, { headers });
      const body = JSON.parse(await reply.text());
      return BigInt(Math.round(Number(body.data.usage) * 1e9));
    },
  };
}

/** What it calls a host of each grammar; of the pairs of unlike grammars it has this one. */
const PORTKEY_PROVIDERS: Readonly<Partial<Record<GrammarId, string>>> = {
  'openai-chat': 'openai',
  'openai-completions': 'openai',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
};

function portkeyServes(row: Row): boolean {
  if (!PORTKEY_PROVIDERS[row.upstream]) return false;
  return !isTranslated(row) || (row.client === 'openai-chat' && row.upstream === 'anthropic-messages');
}

/** As its README starts it, pointed at the upstream by the headers it has for that. */
async function startPortkey(upstreamPort: number): Promise<Running> {
  const script = join(import.meta.dir, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
  if (!existsSync(script)) throw new Unavailable('not installed (npm install --prefix bench)');
  const node = Bun.which('node');
  if (!node) throw new Unavailable('it needs node, which is not in PATH');
  const port = freePort();
  const folder = newFolder('portkey');
  const launched = launch(folder, [node, script, '--headless', `--port=${port}`], {
    TRUSTED_CUSTOM_HOSTS: '127.0.0.1',
    ENVIRONMENT: 'production',
    NODE_ENV: 'production',
    BENCH_PORT: String(port),
  });
  return ready(launched, '/', {
    folder,
    headersFor: ({ upstream }) => ({
      authorization: 'Bearer none',
      'x-portkey-provider': PORTKEY_PROVIDERS[upstream] ?? 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
    }),
  });
}

// ---- starting and ending ----

interface Launched {
  readonly child: Subprocess;
  readonly startedMs: number;
  readonly port: number;
  readonly command: string;
  /** Holds what the program says, as a service's log would: a pipe that we read would cost us the machine's time. */
  readonly logFile: string;
}

/** `BENCH_PORT` says where it will listen. */
function launch(folder: string, command: string[], environment: Record<string, string>): Launched {
  const logFile = join(folder, 'log.txt');
  const startedMs = performance.now();
  const child = Bun.spawn(command, {
    env: { ...process.env, ...environment },
    stdin: 'ignore',
    stdout: Bun.file(logFile),
    stderr: Bun.file(`${logFile}.err`),
  });
  return { child, startedMs, port: Number(environment['BENCH_PORT']), command: command.join(' '), logFile };
}

async function ready(
  launched: Launched,
  probe: string,
  how: { readonly folder: string; readonly headersFor?: Running['headersFor'] },
): Promise<Running> {
  const { child, port, startedMs } = launched;
  while (!(await answers(`http://127.0.0.1:${port}${probe}`))) {
    if (child.exitCode !== null)
      throw new Error(`ended with code ${child.exitCode}: ${launched.command}\n${lastWords(launched)}`);
    if (performance.now() - startedMs > READY_WITHIN_MS) {
      child.kill('SIGKILL');
      throw new Error(
        `does not answer on port ${port} after ${READY_WITHIN_MS} ms: ${launched.command}\n${lastWords(launched)}`,
      );
    }
    await Bun.sleep(5);
  }
  return {
    port,
    readyMs: performance.now() - startedMs,
    headersFor: how.headersFor ?? (() => ({})),
    pids: () => familyOf(child.pid),
    stop: async () => {
      child.kill('SIGTERM');
      const ended = await Promise.race([child.exited, Bun.sleep(5000)]);
      if (ended === undefined) child.kill('SIGKILL');
      await child.exited;
      rmSync(how.folder, { recursive: true });
    },
  };
}

function lastWords({ logFile }: Launched): string {
  return [logFile, `${logFile}.err`].map((file) => readFileSync(file, 'utf8').slice(-1500)).join('\n');
}

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { keepalive: false });
    await reply.arrayBuffer();
    return reply.status < 500;
  } catch {
    return false;
  }
}

const newFolder = (id: ContenderId): string => mkdtempSync(join(tmpdir(), `signalbox-bench-${id}-`));

/** A port that was free a moment ago: some contenders cannot be asked which one they took. */
function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
