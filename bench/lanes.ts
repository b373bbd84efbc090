/**
 * `npm run bench:lanes`: what a frame costs to relay and to translate, in this process, for every client's grammar from every
 * host's. The whole path is `npm run bench`; here is the part of it that differs between lanes, without the noise of sockets.
 *
 *   --frames N     frames a read holds (default 1, as a paced stream comes)
 */
import { parseArgs } from 'node:util';
import type { GrammarId } from './grammars/grammar.ts';
import { GRAMMARS } from './grammars/index.ts';
import { flushesOf, openPlayer } from './play-lane.ts';
import { ROWS, type Row } from './rows.ts';

const { values: flags } = parseArgs({ options: { frames: { type: 'string', default: '1' } } });
const framesPerRead = Number(flags.frames);
if (!(framesPerRead >= 1)) throw new Error('--frames needs a positive number');

const WARM_UP = 300;
const ANSWERS = 300;
const ROUNDS = 7;

const ids = Object.values(GRAMMARS).map(({ id }) => id);
console.log(`µs of CPU per frame, ${framesPerRead} frame(s) a read; best of ${ROUNDS} rounds of ${ANSWERS} answers\n`);
console.log(`| client | ${ids.map((id) => `← ${id}`).join(' | ')} |`);
console.log(`|---|${'---:|'.repeat(ids.length)}`);
for (const client of ids) {
  const cells = ids.map((upstream) => (canServe(client, upstream) ? measure(client, upstream).toFixed(2) : '–'));
  console.log(`| ${client} | ${cells.join(' | ')} |`);
}

/** A host that completes one text can be sent nothing else. */
function canServe(client: GrammarId, upstream: GrammarId): boolean {
  return upstream !== 'openai-completions' || client === upstream;
}

function measure(client: GrammarId, upstream: GrammarId): number {
  const [stream] = ROWS.filter(({ group }) => group === 'streams');
  if (!stream) throw new Error('no row of streams');
  const row: Row = { ...stream, client, upstream };
  const flushes = flushesOf(row);
  const reads = grouped(flushes);
  const play = openPlayer(row);
  const run = (times: number): void => {
    for (let i = 0; i < times; i++) play(reads);
  };
  run(WARM_UP);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    run(ANSWERS);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / ANSWERS / flushes.length);
  }
  return best;
}

function grouped(flushes: readonly Uint8Array[]): readonly Uint8Array[] {
  const reads: Uint8Array[] = [];
  for (let at = 0; at < flushes.length; at += framesPerRead) {
    reads.push(Buffer.concat(flushes.slice(at, at + framesPerRead)));
  }
  return reads;
}
