/**
 * `npm run bench`: upstream, gateways and load in one go on this machine. See docs/benchmark.md for what it measures.
 *
 *   --rows reply,streams,paced,…            which rows, by id or by group (reply, streams, paced, body, crowd)
 *   --only signalbox,nginx,…                which contenders
 *   --quick                                 one short round each: to see that it works, not to read figures from
 *   --rounds N, --seconds N                 rounds per row and contender, length of one
 *   --install-peers                         npm install of bench/package.json first
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Subprocess } from 'bun';
import type { Contender, Running } from './contenders.ts';
import { contenders, Unavailable } from './contenders.ts';
import type { LoadOptions, LoadResult } from './load.ts';
import { cpuSeconds, residentMegabytes } from './proc-stat.ts';
import type { ContenderFacts, Round } from './report.ts';
import { formatReport, laneRatios, summarise } from './report.ts';
import type { Row } from './rows.ts';
import { isCrowd, NANO_USD_PER_REQUEST, ROWS } from './rows.ts';

interface Started {
  readonly contender: Contender;
  readonly running: Running;
  idleMegabytes: number | null;
  /** Every answer that came whole, warm-up included: what its books must show. */
  completed: number;
}

const RUNTIME = join(import.meta.dir, '..', 'bin', 'runtime');
/** utime and stime are each cut to 10 ms: below this their sum may be off by more than 2 %. */
const COARSE_BELOW_SECONDS = 0.5;
const log = (text: string): void => console.error(text);

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    'install-peers': { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const seconds = Number(flags.seconds ?? (flags.quick ? 1 : 4));
const warmUpSeconds = flags.quick ? 0.5 : 2;
const rows = pick(ROWS, flags.rows, 'row', ({ group }) => group);
const chosen = pick(contenders, flags.only, 'contender');
if (!(rounds >= 1) || !(seconds > 0)) throw new Error('--rounds and --seconds need positive numbers');

if (flags['install-peers']) {
  const install = Bun.spawnSync(['npm', 'ci', '--ignore-scripts', '--prefix', import.meta.dir], {
    stdout: 'inherit',
    stderr: 'inherit',
  });
  if (install.exitCode !== 0) throw new Error('npm ci in bench/ failed');
}

process.exitCode = await main();

async function main(): Promise<number> {
  const upstream = await startUpstream();
  const started: Started[] = [];
  const notes: string[] = [];
  try {
    for (const contender of chosen) {
      try {
        started.push({ contender, running: await contender.start(upstream.port), idleMegabytes: null, completed: 0 });
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        notes.push(`${contender.name} left out: ${error.message}.`);
      }
    }
    await Bun.sleep(1000);
    for (const one of started) one.idleMegabytes = residentMegabytes(one.running.pids());
    const done: Round[] = [];
    for (const group of Map.groupBy(rows, (row) => row.group).values()) done.push(...(await measure(group, started)));
    await Bun.sleep(2000);
    for (const one of started) notes.push(...(await checkBooks(one)));
    return report(done, started.map(factsOf), notes);
  } finally {
    for (const { running } of started) await running.stop();
    upstream.child.kill();
  }
}

/**
 * A B C, A B C, …, through all rows of the group in every round: whatever else the machine does in the meantime hits all of
 * them alike.
 */
async function measure(group: readonly Row[], started: readonly Started[]): Promise<readonly Round[]> {
  const turns = group.flatMap((row) => started.filter((one) => isAsked(row, one)).map((one) => ({ row, one })));
  const done: Round[] = [];
  for (const { row, one } of turns) {
    if (!isCrowd(row)) one.completed += (await load(row, one, warmUpSeconds)).completed;
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { row, one } of turns) {
      if (!isCrowd(row) || round === 1) done.push(await measureOnce(row, one, round));
    }
  }
  return done;
}

function isAsked(row: Row, { contender }: Started): boolean {
  if (!contender.serves(row)) return false;
  return !isCrowd(row) || contender.id === 'signalbox' || flags.only !== undefined;
}

async function measureOnce(row: Row, one: Started, round: number): Promise<Round> {
  const pids = one.running.pids();
  const before = cpuSeconds(pids);
  const result = await load(row, one, seconds);
  const cpu = pids.length === 0 ? null : cpuSeconds(pids) - before;
  one.completed += result.completed;
  const micros = cpu === null ? '–' : ((cpu * 1e6) / result.completed).toFixed(1);
  const counts = `${result.completed} completed, ${result.wrong} wrong, ${micros} µs CPU each`;
  log(`${row.id} ${round}/${rounds} ${one.contender.id}: ${counts}`);
  return { rowId: row.id, contender: one.contender.id, round, load: result, cpuSeconds: cpu };
}

async function load(row: Row, { running }: Started, forSeconds: number): Promise<LoadResult> {
  const { port } = running;
  const headers = running.headersFor(row);
  const isCharged = running.spentNanoUsd !== undefined;
  const options: LoadOptions = { rowId: row.id, port, headers, seconds: forSeconds, once: isCrowd(row), isCharged };
  const child = Bun.spawn([RUNTIME, join(import.meta.dir, 'load.ts'), JSON.stringify(options)], { stderr: 'inherit' });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`the load generator failed: ${text}`);
  return JSON.parse(text);
}

/** Where a contender keeps books, they must hold every answer that came whole. */
async function checkBooks({ contender, running, completed }: Started): Promise<readonly string[]> {
  if (!running.spentNanoUsd) return [];
  const spent = await running.spentNanoUsd();
  const expected = BigInt(completed) * NANO_USD_PER_REQUEST;
  const verdict = spent === expected ? 'as it must be' : `but ${expected} was due`;
  return [`${contender.name} charged ${spent} nanodollars for ${completed} answers, ${verdict}.`];
}

function factsOf({ contender, running, idleMegabytes }: Started): ContenderFacts {
  const isGateway = running.pids().length > 0;
  return {
    id: contender.id,
    name: contender.name,
    readyMs: isGateway ? running.readyMs : null,
    idleMegabytes: isGateway ? idleMegabytes : null,
    afterMegabytes: isGateway ? residentMegabytes(running.pids()) : null,
  };
}

function report(done: readonly Round[], facts: readonly ContenderFacts[], notes: readonly string[]): number {
  const summaries = summarise(done);
  const ratios = laneRatios(done);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Bun ${Bun.version}`;
  const head = `## Benchmark\n\n${machine}. ${rounds} round(s) of ${seconds} s, medians.${flags.quick ? ' Quick run: not for reading figures.' : ''}\n`;
  const busy = summaries.filter(({ generatorBusy }) => generatorBusy > 0.9);
  const limits = busy.map(
    (one) =>
      `${one.rowId}, ${one.contender}: the load generator used a whole core, so requests/s is its limit; CPU per request still holds.`,
  );
  const coarse = done.filter(({ cpuSeconds: cpu }) => cpu !== null && cpu < COARSE_BELOW_SECONDS);
  const grains = [...new Set(coarse.map((one) => `${one.rowId}, ${one.contender}`))].map(
    (which) =>
      `${which}: less than ${COARSE_BELOW_SECONDS} s of CPU in a round, so the 10 ms ticks of /proc blur it by more than 2 %.`,
  );
  const text = [
    head,
    formatReport(summaries, ratios, facts),
    ...[...notes, ...limits, ...grains].map((note) => `- ${note}`),
  ].join('\n');
  console.log(text);
  const folder = join(import.meta.dir, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ machine, rounds, seconds, quick: flags.quick, facts, summaries, ratios, notes, runs: done }, null, 2)}\n`,
  );
  log(`written: ${file}`);
  return summaries.some((one) => one.contender === 'signalbox' && one.wrong > 0) ? 1 : 0;
}

async function startUpstream(): Promise<{ readonly child: Subprocess; readonly port: number }> {
  const child = Bun.spawn([RUNTIME, join(import.meta.dir, 'upstream.ts')], { stdout: 'pipe', stderr: 'inherit' });
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    return { child, port: Number(JSON.parse(text).port) };
  }
  throw new Error('the upstream did not start');
}

/** By id, or by what `groupOf` says of them. */
function pick<T extends { readonly id: string }>(
  all: readonly T[],
  wanted: string | undefined,
  what: string,
  groupOf: (one: T) => string | undefined = () => undefined,
): readonly T[] {
  if (wanted === undefined) return all;
  const named = wanted.split(',').flatMap((name) => {
    const found = all.filter((one) => one.id === name || groupOf(one) === name);
    if (found.length === 0) throw new Error(`no ${what} "${name}"; there are ${all.map((one) => one.id).join(', ')}`);
    return found;
  });
  return [...new Set(named)];
}
