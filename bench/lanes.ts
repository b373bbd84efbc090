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
const ANSWERS = 60;
const ROUNDS = 25;

interface Pair {
  readonly client: GrammarId;
  readonly upstream: GrammarId;
  readonly frames: number;
  readonly run: (times: number) => void;
  best: number;
}

const ids = Object.values(GRAMMARS).map(({ id }) => id);
const pairs = ids.flatMap((client) =>
  ids.filter((upstream) => canServe(client, upstream)).map((upstream) => openPair(client, upstream)),
);
for (const { run } of pairs) run(WARM_UP);
// Round by round through all pairs: what the machine does beside this hits all of them alike.
for (let round = 0; round < ROUNDS; round++) for (const pair of pairs) pair.best = Math.min(pair.best, microsOf(pair));

const title = `µs of CPU per frame, ${framesPerRead} frame(s) a read; best of ${ROUNDS} rounds of ${ANSWERS} answers`;
console.log(`${title}\n\n| client | ${ids.map((id) => `← ${id}`).join(' | ')} |\n|---|${'---:|'.repeat(ids.length)}`);
for (const client of ids) {
  const own = pairs.filter((pair) => pair.client === client);
  const relayed = own.find(({ upstream }) => upstream === client)?.best ?? Number.NaN;
  const cells = ids.map((id) =>
    cellOf(
      own.find(({ upstream }) => upstream === id),
      relayed,
    ),
  );
  console.log(`| ${client} | ${cells.join(' | ')} |`);
}

/** A host that completes one text can be sent nothing else. */
function canServe(client: GrammarId, upstream: GrammarId): boolean {
  return upstream !== 'openai-completions' || client === upstream;
}

function openPair(client: GrammarId, upstream: GrammarId): Pair {
  const [stream] = ROWS.filter(({ group }) => group === 'streams');
  if (!stream) throw new Error('no row of streams');
  const row: Row = { ...stream, client, upstream };
  const flushes = flushesOf(row);
  const reads = grouped(flushes);
  const play = openPlayer(row);
  const run = (times: number): void => {
    for (let i = 0; i < times; i++) play(reads);
  };
  return { client, upstream, frames: flushes.length, run, best: Number.POSITIVE_INFINITY };
}

function microsOf({ run, frames }: Pair): number {
  const before = process.cpuUsage();
  run(ANSWERS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ANSWERS / frames;
}

/** The figure, and where it is of a translation its ratio to the relay of the same client. */
function cellOf(pair: Pair | undefined, relayed: number): string {
  if (!pair) return '–';
  const micros = pair.best.toFixed(2);
  return pair.client === pair.upstream ? `**${micros}**` : `${micros} (${(pair.best / relayed).toFixed(1)}x)`;
}

function grouped(flushes: readonly Uint8Array[]): readonly Uint8Array[] {
  const reads: Uint8Array[] = [];
  for (let at = 0; at < flushes.length; at += framesPerRead) {
    reads.push(Buffer.concat(flushes.slice(at, at + framesPerRead)));
  }
  return reads;
}
