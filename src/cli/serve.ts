/** `signalbox serve`: what it prints, and how it reacts to signals and to changes of its file. */

import type { LoadOutcome } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import type { Settings } from '../config/settings.ts';
import { watchConfig } from '../config/watch.ts';

export interface ServeIo {
  out(text: string): void;
  err(text: string): void;
  /** Reads and checks the configuration anew. */
  load(): Promise<LoadOutcome>;
  start(settings: Settings): Promise<ServingProcess>;
  /** Resolves with the signal that ends the process. */
  readonly ended: Promise<string>;
}

export interface ServingProcess {
  readonly url: string;
  readonly firstRun: { readonly managementKey: string; readonly apiKey: string } | null;
  readonly notices: readonly string[];
  readonly modelCount: number;
  readonly pricesDate: string;
  reload(settings: Settings): readonly string[];
  stop(graceMs: number): Promise<void>;
}

const GRACE_MS = 30_000;

/** Gives the exit code: 0 after an orderly end, 1 where it could not start. */
export async function serveCommand(io: ServeIo): Promise<number> {
  const outcome = await io.load();
  if (!outcome.ok) {
    io.err(
      `${outcome.problems.map(formatProblem).join('\n')}\n\nsignalbox did not start: correct the configuration.\n`,
    );
    return 1;
  }
  const { settings } = outcome;
  const server = await io.start(settings);
  // Watched before it is announced: whoever waits for the announcement may change the file at once.
  const watch = settings.file === null ? null : watchFile(settings.file, server, io);
  io.out(banner(settings, server, outcome.notices));
  const signal = await io.ended;
  watch?.close();
  io.out(`${signal}: finishing what runs, at most ${GRACE_MS / 1000} s\n`);
  await server.stop(GRACE_MS);
  return 0;
}

function banner(settings: Settings, server: ServingProcess, notices: readonly string[]): string {
  const providers = settings.providers.map(({ id }) => id);
  const onlySim = settings.file === null && providers.length === 1 && providers[0] === 'sim';
  const lines = [
    `signalbox serves ${server.modelCount} models at ${server.url}/api/v1 (providers: ${providers.join(', ')}; prices of ${server.pricesDate})`,
  ];
  if (onlySim) {
    lines.push(
      'No provider is configured, so the built-in simulated one answers: its text is made up and nobody is paid.',
      'Set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, or write a configuration file.',
    );
  }
  for (const notice of [...notices, ...server.notices]) lines.push(`note: ${notice}`);
  if (server.firstRun) lines.push(...firstRunLines(server.url, server.firstRun, onlySim));
  return `${lines.join('\n')}\n`;
}

function firstRunLines(
  url: string,
  keys: NonNullable<ServingProcess['firstRun']>,
  onlySim: boolean,
): readonly string[] {
  const model = onlySim ? 'sim/lorem' : 'MODEL';
  return [
    '',
    'First start. These two keys are shown once and kept only as digests:',
    `  management key  ${keys.managementKey}`,
    `  inference key   ${keys.apiKey}`,
    '',
    `Try it${onlySim ? '' : ` (put one of ${url}/api/v1/models for MODEL)`}:`,
    `  curl -N ${url}/api/v1/chat/completions -H "Authorization: Bearer ${keys.apiKey}" -H "Content-Type: application/json" -d '{"model":"${model}","stream":true,"messages":[{"role":"user","content":"Hello"}]}'`,
  ];
}

/** Whole or nothing: a file that is wrong changes nothing, and says why. */
function watchFile(file: string, server: ServingProcess, io: ServeIo) {
  return watchConfig({
    file,
    onChange: () => {
      reload(server, io).catch((error: unknown) =>
        io.err(`reload failed, the last good configuration stays: ${String(error)}\n`),
      );
    },
    onError: (error) => io.err(`the configuration is no longer watched (${error.message}); SIGHUP still reloads it\n`),
  });
}

async function reload(server: ServingProcess, io: ServeIo): Promise<void> {
  const outcome = await io.load();
  if (!outcome.ok) {
    io.err(
      `${outcome.problems.map(formatProblem).join('\n')}\nnot reloaded: the last good configuration stays in force\n`,
    );
    return;
  }
  const notices = server.reload(outcome.settings);
  for (const notice of [...outcome.notices, ...notices]) io.out(`note: ${notice}\n`);
  io.out('configuration reloaded\n');
}
