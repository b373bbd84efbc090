/** Runs each case of a client against every upstream grammar, and prints which pairs hold. */
import { afterAll, beforeAll, describe, test } from 'bun:test';
import { startGatewayTo, type Upstream, upstreams } from './sim-lab.ts';
import type { Gateway } from './start-gateway.ts';

export interface Pair<Client> {
  readonly client: Client;
  readonly upstream: Upstream;
  readonly gateway: Gateway;
}

export type DeclareCase<Client> = (name: string, run: (pair: Pair<Client>) => Promise<void>) => void;

/**
 * @param openClient an unmodified client of this gateway, its own retries off
 * @param settings more lines of the gateways' configuration
 */
export function describePairs<Client>(
  title: string,
  openClient: (gateway: Gateway) => Client,
  declareCases: (declare: DeclareCase<Client>) => void,
  settings = '',
): void {
  const held = new Map<string, Set<string>>();
  const pairs = new Map<string, Pair<Client>>();
  describe(title, () => {
    beforeAll(async () => {
      for (const upstream of upstreams) {
        const gateway = await startGatewayTo(upstream, undefined, settings);
        pairs.set(upstream.dialect, { client: openClient(gateway), upstream, gateway });
      }
    });
    declareCases((name, run) => {
      const passed = new Set<string>();
      held.set(name, passed);
      for (const { dialect } of upstreams) {
        test(`${name} · ${dialect}`, async () => {
          const pair = pairs.get(dialect);
          if (!pair) throw new Error(`no gateway to ${dialect}`);
          await run(pair);
          passed.add(dialect);
        });
      }
    });
    afterAll(async () => {
      console.log(tableOf(title, held));
      for (const { gateway } of pairs.values()) await gateway.stop();
    });
  });
}

function tableOf(title: string, held: ReadonlyMap<string, ReadonlySet<string>>): string {
  const columns = upstreams.map(({ dialect }) => dialect);
  const width = Math.max(title.length, ...[...held.keys()].map((name) => name.length));
  const row = (head: string, cells: readonly string[]): string =>
    [head.padEnd(width), ...cells.map((cell, i) => cell.padEnd(columns[i]?.length ?? 0))].join('  ').trimEnd();
  const rows = [...held].map(([name, passed]) =>
    row(
      name,
      columns.map((dialect) => (passed.has(dialect) ? 'ok' : 'FAILED')),
    ),
  );
  return ['', row(title, columns), ...rows, ''].join('\n');
}
