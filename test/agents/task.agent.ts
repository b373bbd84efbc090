/** Each coding agent reads, edits and runs, against a host of another grammar than its own. */
import { expect, test } from 'bun:test';
import { binaryOf } from './agent.ts';
import { agents, faultsOf, lead } from './led.ts';

for (const agent of agents) {
  test.skipIf(!binaryOf(agent))(`${agent.name} reads, edits and runs, against ${agent.upstream}`, async () => {
    const led = await lead(agent, agent.upstream);
    expect({ faults: faultsOf(led), output: led.output }).toEqual({ faults: [], output: led.output });
  });
}
