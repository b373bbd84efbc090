/**
 * `npm run test:agents`: leads the installed coding agents through a task, and says so where none is installed. With `-- --every`
 * each meets a host of every grammar, one at a time, and the table is printed.
 */
import { join } from 'node:path';
import { Glob } from 'bun';
import { binaryOf } from '../test/agents/agent.ts';
import { agents, faultsOf, lead } from '../test/agents/led.ts';
import { everyUpstream } from '../test/kit/sim-lab.ts';

const TIMEOUT_MS = 150_000;

const installed = agents.filter((agent) => binaryOf(agent));
const missing = agents.filter((agent) => !binaryOf(agent)).map(({ name }) => name);
if (installed.length === 0) {
  console.log(
    'No coding agents are installed, so none is led through a task. Install them with: npm install --no-save --prefix test/agents',
  );
} else {
  if (missing.length > 0) console.log(`Not installed, left out: ${missing.join(', ')}`);
  process.exitCode = process.argv.includes('--every') ? await everyPair() : await eachOnce();
}

async function eachOnce(): Promise<number> {
  const cwd = join(import.meta.dir, '..');
  const files = [...new Glob('test/agents/*.agent.ts').scanSync({ cwd })].sort().map((file) => `./${file}`);
  const command = [process.execPath, 'test', ...files, `--timeout=${TIMEOUT_MS}`];
  return Bun.spawn(command, { cwd, stdio: ['ignore', 'inherit', 'inherit'] }).exited;
}

async function everyPair(): Promise<number> {
  const names = installed.map(({ name }) => name);
  const problems: string[] = [];
  console.log(`| upstream | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}`);
  for (const { dialect } of everyUpstream) {
    const cells: string[] = [];
    for (const agent of installed) {
      const started = performance.now();
      const led = await lead(agent, dialect);
      const faults = faultsOf(led);
      if (faults.length > 0) problems.push(`${agent.name} against ${dialect}:\n${faults.join('\n')}\n${led.output}`);
      cells.push(faults.length > 0 ? 'FAILED' : `${((performance.now() - started) / 1000).toFixed(1)} s`);
    }
    console.log(`| ${dialect} | ${cells.join(' | ')} |`);
  }
  for (const problem of problems) console.log(`\n${problem}`);
  return problems.length > 0 ? 1 : 0;
}
