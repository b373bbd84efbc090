/**
 * Where an agent is led through a task: a folder with a file, a home of its own, and a gateway whose upstream is the simulated
 * one. The agent reaches nothing but loopback.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SimDialect } from '../../src/providers/sim/grammar.ts';
import { everyUpstream, startGatewayTo } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const PATIENCE_MS = 120_000;
export const MODEL = 'sim/agent';

export interface AgentLab {
  readonly gateway: Gateway;
  /** Where the task is done. */
  readonly folder: string;
  /** The agent's home. */
  readonly home: string;
  /** In the task's folder. */
  path(name: string): string;
  /** Null where there is no such file. */
  read(name: string): string | null;
  /** Below the agent's home. */
  settings(name: string, text: string): void;
  stop(): Promise<void>;
}

export const TASK_FILE = 'greeting.txt';
const BEFORE = 'Hello, world\n';
export const AFTER = 'Hello, signalbox\n';
export const RAN = 'ran.txt';

/** @param settings more lines of the gateway's configuration, first those of `providers` */
export async function openLab(dialect: SimDialect, settings = ''): Promise<AgentLab> {
  const upstream = everyUpstream.find((each) => each.dialect === dialect);
  if (!upstream) throw new Error(`no simulated upstream speaks ${dialect}`);
  const gateway = await startGatewayTo(upstream, 'sim://lab', settings);
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-task-'));
  const home = mkdtempSync(join(tmpdir(), 'signalbox-home-'));
  writeFileSync(join(folder, TASK_FILE), BEFORE);
  return {
    gateway,
    folder,
    home,
    path: (name) => join(folder, name),
    read: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : null),
    settings(name, text) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), text);
    },
    async stop() {
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface AgentRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs the agent to its end, with nothing of this machine's own settings. */
export async function runAgent(
  lab: AgentLab,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<AgentRun> {
  const child = Bun.spawn([...command], {
    cwd: lab.folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: lab.home,
      XDG_CONFIG_HOME: join(lab.home, '.config'),
      XDG_DATA_HOME: join(lab.home, '.local/share'),
      XDG_CACHE_HOME: join(lab.home, '.cache'),
      TERM: 'dumb',
      CI: '1',
      // Whatever it looks for beside the gateway is not there.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1,localhost',
      ...env,
    },
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: PATIENCE_MS,
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, output: `${stdout}\n${stderr}` };
}
