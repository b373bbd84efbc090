/** A real Signalbox in this process: its own data folder, a free port, seeded keys, a log kept in memory. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtDialects, randomHex, systemClock } from '../../src/compose.ts';
import { loadSettings } from '../../src/config/load.ts';
import { createKeyText } from '../../src/core/keys.ts';
import { providers } from '../../src/providers/registry.gen.ts';
import { type RunningServer, startServer } from '../../src/serve.ts';
import { createLog } from '../../src/telemetry/log.ts';

export interface Gateway {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string;
  /** An inference key. */
  readonly apiKey: string;
  readonly managementKey: string;
  readonly dataDirectory: string;
  readonly server: RunningServer;
  /** The log so far, as JSON lines. */
  log(): string;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  /** YAML as an operator would write it; without `listen` and `data`, which are chosen here. */
  readonly config?: string;
  /** Variables for `${NAME}`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Default configuration: the simulated provider and nothing else. */
const SIM_ONLY = 'providers:\n  sim: {}\n';

export async function startGateway({ config = SIM_ONLY, env = {} }: GatewayOptions = {}): Promise<Gateway> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  const file = join(dataDirectory, 'signalbox.yaml');
  const outcome = loadSettings({
    file,
    text: config,
    env,
    flags: { listen: '127.0.0.1:0', data: join(dataDirectory, 'data') },
    knownProviders: providers,
    builtDialects: builtDialects.map(({ id }) => id),
    readText: (path) => readFileSync(path, 'utf8'),
  });
  if (!outcome.ok) {
    const problems = outcome.problems.map(({ path, message }) => `${path}: ${message}`);
    throw new Error(`the test's configuration has problems:\n${problems.join('\n')}`);
  }
  const keySources = { digest: () => '', randomHex };
  const apiKey = createKeyText(keySources).text;
  const managementKey = createKeyText(keySources).text;
  let lines = '';
  const log = createLog({ write: (text) => (lines += text), now: () => systemClock.now(), exchanges: true });
  const server = await startServer({ settings: outcome.settings, seeds: { managementKey, apiKey }, log });
  return {
    url: server.url,
    apiKey,
    managementKey,
    dataDirectory,
    server,
    log() {
      log.flush();
      return lines;
    },
    async stop() {
      await server.stop(0);
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}
