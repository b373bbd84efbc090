/** `npm run test:recordings`: replays recorded provider traffic where a folder of it is at hand, and says so where none is. */
import { join } from 'node:path';
import { haveRecordings } from '../recordings-test/recordings.ts';

const TIMEOUT_MS = 600_000;

if (haveRecordings) {
  const command = [process.execPath, 'test', './recordings-test', `--timeout=${TIMEOUT_MS}`];
  const child = Bun.spawn(command, { cwd: join(import.meta.dir, '..'), stdio: ['ignore', 'inherit', 'inherit'] });
  process.exitCode = await child.exited;
} else {
  console.log('No recordings are at hand, so there is nothing to replay. SIGNALBOX_RECORDINGS names their folder.');
}
