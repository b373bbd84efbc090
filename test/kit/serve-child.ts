/** `bin/signalbox serve` as a process of its own, for what only a process can show: kills, signals, memory. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { randomHex } from '../../src/compose.ts';
import { createKeyText } from '../../src/core/keys.ts';
import type { Asked } from './ask.ts';

const COMMAND = resolve(import.meta.dir, '../../bin/signalbox');
const START_MS = 10_000;

export interface ServeChild extends Asked {
  readonly managementKey: string;
  readonly pid: number;
  /** Standard output and error so far. */
  printed(): string;
  /** Waits for what it will print. @throws where it did not in time */
  prints(text: string, timeoutMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Resident memory in bytes. */
  rss(): number;
}

/** A data folder with a configuration that outlives the processes serving it. */
export interface ServeFolder {
  readonly apiKey: string;
  readonly managementKey: string;
  readonly configFile: string;
  writeConfig(yaml: string): void;
  start(): Promise<ServeChild>;
  /** Ends what still runs of it, too: a failed test must not leave a server behind. */
  remove(): void;
}

export function createServeFolder(config: string): ServeFolder {
  const directory = mkdtempSync(join(tmpdir(), 'serve-signalbox-'));
  const configFile = join(directory, 'signalbox.yaml');
  const sources = { digest: () => '', randomHex };
  const [apiKey, managementKey] = [createKeyText(sources).text, createKeyText(sources).text];
  const started: ServeChild[] = [];
  writeFileSync(configFile, config);
  return {
    apiKey,
    managementKey,
    configFile,
    writeConfig: (yaml) => writeFileSync(configFile, yaml),
    async start() {
      const child = await startChild(directory, configFile, apiKey, managementKey);
      started.push(child);
      return child;
    },
    remove() {
      for (const child of started) child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function startChild(directory: string, configFile: string, apiKey: string, managementKey: string) {
  const child = Bun.spawn(
    [COMMAND, 'serve', '--config', configFile, '--listen', '127.0.0.1:0', '--data', join(directory, 'data')],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        SIGNALBOX_API_KEY: apiKey,
        SIGNALBOX_MANAGEMENT_KEY: managementKey,
        SIGNALBOX_LOG: 'errors',
      },
      stdout: 'pipe',
      stderr: 'pipe',
    },
  );
  let printed = '';
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) printed += decoder.decode(bytes, { stream: true });
  };
  const read = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const exited = child.exited.then(async () => {
    await read;
    return child.exitCode;
  });
  const prints = async (text: string | RegExp, timeoutMs: number): Promise<void> => {
    const until = performance.now() + timeoutMs;
    while (!(typeof text === 'string' ? printed.includes(text) : text.test(printed))) {
      if (performance.now() > until)
        throw new Error(`not printed within ${timeoutMs} ms: ${text}; printed:\n${printed}`);
      await Bun.sleep(5);
    }
  };
  await prints(/ at http:\/\/\S+\/api\/v1/, START_MS);
  const url = / at (http:\/\/\S+)\/api\/v1/.exec(printed)?.[1] ?? '';
  // The address is printed a moment before signals and changes of the file are listened to; an answer comes after it.
  await (await fetch(`${url}/health/ready`)).text();
  return {
    url,
    apiKey,
    managementKey,
    pid: child.pid,
    printed: () => printed,
    prints: (text: string, timeoutMs = 3000) => prints(text, timeoutMs),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    exited,
    rss: () => residentBytes(child.pid),
  };
}

/** From /proc, where there is one: what the kernel counts, not what the runtime says of itself. */
function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
