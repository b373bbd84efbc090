/** The simulated provider behind a real socket, for what only a socket can show; its log says what reached it and how it ended. */
import { type SimLogLine, serveSim } from '../../src/cli/sim-server.ts';

export interface SimUpstream {
  /** `http://127.0.0.1:<port>`; the path chooses the grammar, so one upstream serves every dialect. */
  readonly url: string;
  readonly lines: () => readonly SimLogLine[];
  /** The first line for which `matches` holds, waited for. @throws where none came in time */
  waitFor(matches: (line: SimLogLine) => boolean, timeoutMs: number): Promise<SimLogLine>;
  stop(): Promise<void>;
}

export async function startSimUpstream(): Promise<SimUpstream> {
  const server = await serveSim({ host: '127.0.0.1', port: 0, logFile: null, seed: 1 });
  const lines = (): readonly SimLogLine[] =>
    server
      .log()
      .split('\n')
      .filter((line) => line !== '')
      .map((line): SimLogLine => JSON.parse(line));
  return {
    url: `http://${server.host}:${server.port}`,
    lines,
    async waitFor(matches, timeoutMs) {
      const until = performance.now() + timeoutMs;
      for (;;) {
        const found = lines().find(matches);
        if (found) return found;
        if (performance.now() > until) {
          throw new Error(`the upstream did not log that within ${timeoutMs} ms; its log:\n${server.log()}`);
        }
        await Bun.sleep(10);
      }
    },
    stop: () => server.close(),
  };
}
