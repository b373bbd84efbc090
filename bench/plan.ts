/**
 * `bin/runtime run bench/plan.ts`: what planning a route costs, over a made-up catalogue of 500 models with 40 endpoints each, and
 * whether it stays the same while the catalogue grows. See docs/benchmark.md.
 *
 *   --rounds N   rounds of a class; the quietest one counts (7)
 *   --plans N    plans of a round (5,000)
 *   --only a,b   these classes, without the growing catalogue
 */
import { parseArgs } from 'node:util';
import type { Demand } from '../src/core/demand.ts';
import { UNMEASURED } from '../src/core/health.ts';
import { type Random, seededRandom } from '../src/core/ids.ts';
import { decodePreferences, type ProviderPreferences } from '../src/core/preferences.ts';
import type { ModelGroup } from '../src/routing/candidate.ts';
import { type Plan, planRoute } from '../src/routing/plan.ts';
import { mergePreferences } from '../src/routing/preferences.ts';
import { buildLab, ENDPOINTS_PER_MODEL, type Lab, type LabCandidate, type LabProvider, NOW_MS } from './plan-lab.ts';

const MODELS = 500;
/** Catalogue sizes of the series, in models. */
const SERIES = [13, 50, 125, 250, MODELS] as const;
const WARM_UP_PLANS = 1000;

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string' }, plans: { type: 'string' }, only: { type: 'string' } },
});
const rounds = Number(flags.rounds ?? 7);
const plans = Number(flags.plans ?? 5000);
if (!(rounds >= 1) || !(plans >= 100))
  throw new Error('--rounds needs a number of at least 1, --plans of at least 100');

interface PlanClass {
  readonly id: string;
  readonly what: string;
  readonly models: number;
  readonly demand: Demand;
  readonly preferences: ProviderPreferences;
  readonly measured: boolean;
}

const NOTHING: readonly string[] = [];

const DEMAND: Demand = {
  models: ['author/model'],
  preferences: {},
  stream: true,
  parameters: ['temperature'],
  inputModalities: [],
  outputModalities: ['text'],
  maxOutputTokens: null,
  promptTokensEstimate: 1200,
  sessionId: null,
  promptCacheKey: null,
  marksCache: false,
  user: null,
  hasTools: false,
  serviceTier: null,
  plugins: [],
};

const CLASSES: readonly PlanClass[] = [
  {
    id: 'default',
    what: 'no preferences, one model',
    models: 1,
    demand: DEMAND,
    preferences: {},
    measured: true,
  },
  {
    id: 'unmeasured',
    what: 'the same, before any traffic',
    models: 1,
    demand: DEMAND,
    preferences: {},
    measured: false,
  },
  {
    id: 'caps',
    what: '`max_price` on two axes and an `order` of three',
    models: 1,
    demand: DEMAND,
    preferences: decodePreferences({
      order: ['host-7', 'host-21/turbo', 'host-3'],
      max_price: { prompt: 2.5, completion: '10' },
    }),
    measured: true,
  },
  {
    id: 'tools',
    what: 'tools, every endpoint measured',
    models: 1,
    demand: { ...DEMAND, hasTools: true, parameters: ['tools', 'tool_choice', 'temperature'], maxOutputTokens: 2048 },
    preferences: {},
    measured: true,
  },
  {
    id: 'models',
    what: 'three models',
    models: 3,
    demand: DEMAND,
    preferences: {},
    measured: true,
  },
];

/** Which model is asked for next. */
type Popularity = 'as traffic' | 'all alike';

const chosen = CLASSES.filter(({ id }) => flags.only === undefined || flags.only.split(',').includes(id));
if (chosen.length === 0) throw new Error(`--only knows ${CLASSES.map(({ id }) => id).join(', ')}`);

const whole = buildLab(MODELS);
// The compiler's work is done before anything is measured, whichever class is the first.
for (const each of chosen)
  for (let round = 0; round < 3; round++) runRound(each, whole, 'as traffic', seededRandom(round));
console.log(
  `\nPlanning over ${MODELS} models x ${ENDPOINTS_PER_MODEL} endpoints, ${rounds} rounds of ${plans} plans, µs:\n`,
);
console.log('| class | what | median | rounds | p99 | targets |');
console.log('|---|---|---:|---:|---:|---:|');
for (const each of chosen) {
  const { median, range, p99, targets } = quietest(each, whole, 'as traffic');
  console.log(`| ${each.id} | ${each.what} | ${median} | ${range} | ${p99} | ${targets} |`);
}

const [usual] = CLASSES;
if (usual && flags.only === undefined) {
  console.log(
    '\nThe default class while the catalogue grows, µs: asked as traffic asks (the k-th model 1/k as often as the',
  );
  console.log('first), and with all models alike, where hardly anything is in a processor cache:\n');
  console.log('| endpoints in all | median | rounds | p99 | all alike: median | rounds | p99 |');
  console.log('|---:|---:|---:|---:|---:|---:|---:|');
  for (const models of SERIES) {
    const lab = buildLab(models);
    const traffic = quietest(usual, lab, 'as traffic');
    const alike = quietest(usual, lab, 'all alike');
    const figures = [traffic, alike].flatMap(({ median, range, p99 }) => [median, range, p99]);
    console.log(`| ${models * ENDPOINTS_PER_MODEL} | ${figures.join(' | ')} |`);
  }
}
console.log(
  '\nMedian and p99 are those of the quietest round; "rounds" are the medians of all. A shared machine is noisy:',
);
console.log('compare runs that follow each other, not figures of different days.');

/** Noise only ever adds: the round with the lowest median tells most about the code. */
function quietest(each: PlanClass, lab: Lab, popularity: Popularity) {
  const random = seededRandom(1);
  const done = Array.from({ length: rounds }, () => runRound(each, lab, popularity, random));
  done.sort((a, b) => a.median - b.median);
  const [best = { median: 0, p99: 0, targets: 0 }] = done;
  const range = `${micros(best.median)}–${micros(done.at(-1)?.median ?? 0)}`;
  return { median: micros(best.median), range, p99: micros(best.p99), targets: Math.round(best.targets) };
}

/** Every plan is timed by itself. */
function runRound(each: PlanClass, lab: Lab, popularity: Popularity, random: Random) {
  const layers = [{}, each.preferences];
  const times = new Float64Array(plans);
  let targets = 0;
  for (let i = -WARM_UP_PLANS; i < plans; i++) {
    const groups = pickGroups(lab.groups, each.models, popularity, random);
    const startedNs = Bun.nanoseconds();
    const plan = planOnce(groups, each, layers, lab, random);
    const tookNs = Bun.nanoseconds() - startedNs;
    if (i < 0) continue;
    targets += plan.targets.length;
    times[i] = tookNs;
  }
  times.sort();
  return {
    median: times[Math.floor(plans / 2)] ?? 0,
    p99: times[Math.floor(plans * 0.99)] ?? 0,
    targets: targets / plans,
  };
}

function micros(ns: number): string {
  return (ns / 1000).toFixed(1);
}

/** As the pipeline asks: preferences merged and a question built for this request alone. */
function planOnce(
  groups: readonly ModelGroup<LabCandidate>[],
  each: PlanClass,
  layers: readonly ProviderPreferences[],
  lab: Lab,
  random: Random,
): Plan {
  const { demand } = each;
  return planRoute({
    groups,
    demand,
    preferences: mergePreferences(layers),
    random,
    nowMs: NOW_MS,
    healthOf: (endpointId) => (each.measured ? lab.health.get(endpointId) : undefined) ?? UNMEASURED,
    keyRestsUntilMs: ({ provider }) => keyRestsUntilMs(provider, lab),
    unsayable: ({ provider }) => unsayable(provider, demand),
    readsFiles: false,
    fitsContextUpTo: 0,
  });
}

function keyRestsUntilMs({ credentials }: LabProvider, { troubledCredentials }: Lab): number {
  let soonest = Number.POSITIVE_INFINITY;
  for (const { id } of credentials) {
    soonest = Math.min(soonest, troubledCredentials.get(id) ?? 0);
    if (soonest === 0) return 0;
  }
  return soonest;
}

function unsayable({ kinds, cannotCarry }: LabProvider, { inputModalities }: Demand): readonly string[] {
  if (!kinds.includes('chat')) return ['chat'];
  if (inputModalities.length === 0) return NOTHING;
  return inputModalities.filter((modality) => cannotCarry.includes(modality));
}

function pickGroups(groups: Lab['groups'], count: number, popularity: Popularity, random: Random): Lab['groups'] {
  const picked: ModelGroup<LabCandidate>[] = [];
  while (picked.length < count) {
    const rank = popularity === 'as traffic' ? groups.length ** random.next() - 1 : groups.length * random.next();
    const group = groups[Math.floor(rank)];
    if (group && !picked.includes(group)) picked.push(group);
  }
  return picked;
}
