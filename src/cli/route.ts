/** `signalbox route explain|test`: what routing would do, without sending anything. */
import { parseArgs } from 'node:util';
import { type ExplainIo, explainCommand } from './route/explain.ts';
import { Misuse } from './route/load-for-planning.ts';
import { testCommand } from './route/run-tests.ts';

export type RouteCommandIo = ExplainIo;

export const ROUTE_USAGE = `usage: signalbox route <command>

  explain FILE [--config FILE] [--data DIR] [--key NAME|HASH|LABEL] [--offline] [--json]
         where a chat request (JSON; - reads standard input) would go, why, and at what price. Asks the server that
         runs on the data folder; where none does, or with --offline, plans from the configuration.
         Exit code 0: it would be sent. 1: it would be refused.
  test FILE.yaml [--config FILE] [--data DIR] [--json]
         checks a file of routing expectations (docs/guides/test-your-routes.md), without a server and without keys.
         Exit code 0: all hold. 1: one does not.

Exit code 2: the command, a file or the configuration is not understood, or the server gives no answer.`;

/** @returns the exit code */
export async function routeCommand(args: readonly string[], io: RouteCommandIo): Promise<number> {
  let parsed: ReturnType<typeof parseArguments>;
  try {
    parsed = parseArguments(args);
  } catch (error) {
    // parseArgs names the option it does not know.
    return misused(io, error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [command, file, ...rest] = positionals;
  if (command !== 'explain' && command !== 'test') {
    return misused(io, command === undefined ? 'which command?' : `"${command}" is not understood`);
  }
  if (file === undefined) return misused(io, `route ${command} needs a FILE`);
  if (rest.length > 0) return misused(io, `"${rest[0]}" is one word too many`);
  if (command === 'test' && (values.key !== undefined || values.offline)) {
    return misused(io, 'route test takes no --key and no --offline: a case names its key, and no server is asked');
  }
  try {
    return command === 'explain' ? await explainCommand(file, values, io) : await testCommand(file, values, io);
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    io.complain(error.message);
    return 2;
  }
}

function parseArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      data: { type: 'string' },
      key: { type: 'string' },
      offline: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
}

function misused(io: RouteCommandIo, message: string): number {
  io.complain(message);
  io.complain(ROUTE_USAGE);
  return 2;
}
