/** Declares the same tests over several upstream grammars, each with a gateway of its own to the simulated provider. */
import { afterAll, beforeAll, describe } from 'bun:test';
import { simEntry, type Upstream, upstreams } from './sim-lab.ts';
import { type Gateway, startGateway } from './start-gateway.ts';

export interface GrammarLab {
  readonly upstream: Upstream;
  /** Only inside tests: it starts before the first one. */
  readonly gateway: () => Gateway;
}

export interface LabOptions {
  /** Configuration above `providers`, a YAML line. */
  readonly top?: string;
  /** More of the provider's own. */
  readonly entry?: string;
  /** Default: those that each client's tests walk through. */
  readonly among?: readonly Upstream[];
}

export function describeEachUpstream(
  title: string,
  declare: (lab: GrammarLab) => void,
  { top = '', entry = '', among = upstreams }: LabOptions = {},
): void {
  describe.each(among.map((upstream) => [upstream.dialect, upstream] as const))(`${title} · %s`, (_, upstream) => {
    let gateway: Gateway | undefined;
    beforeAll(async () => {
      const provider = `{ ${simEntry(upstream)}${entry && `, ${entry}`} }`;
      gateway = await startGateway({ config: `${top}\nproviders:\n  sim: ${provider}\n` });
    });
    afterAll(() => gateway?.stop());
    declare({
      upstream,
      gateway() {
        if (!gateway) throw new Error('the gateway has not started');
        return gateway;
      },
    });
  });
}
