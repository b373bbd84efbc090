/** `npm run test:agents`: leads the installed coding agents through a task, and says so where none is installed. */
import { join } from 'node:path';
import { Glob } from 'bun';
import { binaryOf } from '../test/agents/lab.ts';

const TIMEOUT_MS = 150_000;
const AGENTS = ['claude', 'codex', 'gemini', 'opencode'];

const missing = AGENTS.filter((name) => !binaryOf(name));
if (missing.length === AGENTS.length) {
  console.log(
    'No coding agents are installed, so none is led through a task. Install them with: npm install --no-save --prefix test/agents',
  );
} else {
  if (missing.length > 0) console.log(`Not installed, left out: ${missing.join(', ')}`);
  const cwd = join(import.meta.dir, '..');
  const files = [...new Glob('test/agents/*.agent.ts').scanSync({ cwd })].sort().map((file) => `./${file}`);
  const command = [process.execPath, 'test', ...files, `--timeout=${TIMEOUT_MS}`];
  const child = Bun.spawn(command, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  process.exitCode = await child.exited;
}
