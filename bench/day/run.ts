/**
 * `npm run simulate`: a day of traffic over twelve simulated endpoints that slow, fail and recover, under Signalbox's routing and
 * three naive strategies. Nothing is sent and nobody waits. See docs/concepts/day-of-traffic.md.
 *
 *   --seed N          another day of the same kind (1)
 *   --attempts A,B    most attempts a request may make (4); the tables are of the first, the others are told in short
 *   --write           puts what it prints into the page
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTollKeeper } from './incident-toll.ts';
import type { Trouble } from './incidents.ts';
import { NAIVE } from './naive.ts';
import { measureOutage } from './outage.ts';
import { type DayResult, formatDay, formatLimits, formatOutage, formatTolls, formatVerdicts } from './report.ts';
import { buildRequests } from './requests.ts';
import { type Scenario, wholeDay } from './scenarios.ts';
import { scoreDay } from './score.ts';
import { SIGNALBOX } from './signalbox.ts';
import { simulate } from './simulate.ts';

const PAGE = join(import.meta.dir, '../../docs/concepts/day-of-traffic.md');
const BEGIN = '<!-- what `npm run simulate` prints begins here -->';
const END = '<!-- and ends here -->';
const STRATEGIES = [SIGNALBOX, ...NAIVE];
const OUTAGES: readonly (readonly [title: string, trouble: Trouble])[] = [
  ['everybody answers 503', { kind: 'unavailable' }],
  ['nobody ever answers', { kind: 'hangs' }],
];

const { values: flags } = parseArgs({
  options: { seed: { type: 'string' }, attempts: { type: 'string' }, write: { type: 'boolean' } },
});
const seed = numberOf(flags.seed ?? '1', '--seed');
const [mostAttempts = 4, ...otherLimits] = (flags.attempts ?? '4')
  .split(',')
  .map((text) => numberOf(text, '--attempts'));

const text = print(wholeDay(seed));
console.log(text);
if (flags.write) await writePage(text);

function print(scenario: Scenario): string {
  const requests = buildRequests(scenario);
  const live = (limit: number): readonly DayResult[] =>
    STRATEGIES.map((strategy) => {
      const { tolls, onAttempt } = createTollKeeper(scenario);
      const outcomes = simulate({ scenario, requests, strategy, mostAttempts: limit, onAttempt });
      return { name: strategy.name, score: scoreDay(requests, outcomes), tolls };
    });
  const day = live(mostAttempts);
  return [
    `Seed ${seed}, ${requests.length.toLocaleString('en-US')} requests, at most ${mostAttempts} attempts each. The best of a row is bold.`,
    formatDay(day),
    '### Verdicts',
    formatVerdicts(day),
    '### Incidents',
    'Attempts that were sent to a host in trouble while it was, and how many of them failed, were cut or took more than 10 s.',
    formatTolls(day),
    ...otherLimits.flatMap((limit) => [`### With at most ${limit} attempts`, formatLimits(live(limit))]),
    ...OUTAGES.flatMap(([title, trouble]) => [`### Total outage: ${title}`, formatOutage(liveThrough(trouble))]),
  ].join('\n\n');
}

function liveThrough(trouble: Trouble) {
  return STRATEGIES.map((strategy) => ({
    name: strategy.name,
    toll: measureOutage({ trouble, strategy, mostAttempts, seed }),
  }));
}

async function writePage(printed: string): Promise<void> {
  const page = await Bun.file(PAGE).text();
  const from = page.indexOf(BEGIN);
  const until = page.indexOf(END);
  if (from < 0 || until < from) throw new Error(`${PAGE} lacks the marks between which the tables stand.`);
  await Bun.write(PAGE, `${page.slice(0, from + BEGIN.length)}\n\n${printed}\n\n${page.slice(until)}`);
}

function numberOf(given: string, flag: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} needs a whole number of at least 1.`);
  return value;
}
