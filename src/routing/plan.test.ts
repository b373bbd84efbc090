import { describe, expect, test } from 'bun:test';
import { seededRandom } from '../core/ids.ts';
import { type Host, planOf, questionOf, targetsOf } from './lab.fixture.ts';
import { planRoute } from './plan.ts';

const cheap: Host = { name: 'cheap', usd: 1 };
const middle: Host = { name: 'middle', usd: 2 };
const dear: Host = { name: 'dear', usd: 4 };
const hosts = [dear, cheap, middle];

describe('one model', () => {
  test('the drawn one first, the others by price', () => {
    expect(targetsOf({ hosts, point: 0 })).toEqual(['cheap', 'middle', 'dear']);
    expect(targetsOf({ hosts, point: 0.999 })).toEqual(['dear', 'cheap', 'middle']);
  });

  test('none where there is no endpoint', () => {
    expect(planOf({ hosts: [] })).toEqual({ targets: [], excluded: [], reasons: [] });
  });

  test('the plan says what ordered it', () => {
    const provider = { order: ['dear'], ignore: ['middle'] };
    const { reasons, excluded } = planOf({ hosts: [...hosts, { name: 'tired', state: 'resting' }], provider });
    expect(reasons).toEqual([
      { rule: 'order', because: 'provider.order: dear' },
      { rule: 'health', because: 'behind the others: Tired (resting)' },
    ]);
    expect(excluded).toEqual([
      {
        endpointId: 'middle|lab/model',
        providerName: 'Middle',
        modelId: 'lab/model',
        excludedBy: 'ignored_providers',
        because: 'middle is to be ignored',
        field: 'provider.ignore',
      },
    ]);
  });

  test('a target says what it costs, how it stands and its chance to be first', () => {
    const { targets } = planOf({ hosts: [cheap, { ...middle, state: 'outage' }, dear] });
    expect(targets.map(({ costPico, standing, share }) => ({ costPico, standing, share }))).toEqual([
      { costPico: 2e9, standing: 'ready', share: expect.closeTo(16 / 17) },
      { costPico: 8e9, standing: 'ready', share: expect.closeTo(1 / 17) },
      { costPico: 4e9, standing: 'outage', share: 0 },
    ]);
  });
});

describe('several models', () => {
  const models = { 'a/one': [dear, middle], 'b/two': [cheap, middle] };

  test('come in the caller’s order, whatever they cost', () => {
    expect(targetsOf({ models })).toEqual(['a/one middle', 'a/one dear', 'b/two cheap', 'b/two middle']);
  });

  test('each is drawn and sorted by itself', () => {
    expect(targetsOf({ models, point: 0.999 })).toEqual(['a/one dear', 'a/one middle', 'b/two middle', 'b/two cheap']);
    const sorted = targetsOf({ models, provider: { sort: 'price' }, point: 0.999 });
    expect(sorted).toEqual(['a/one middle', 'a/one dear', 'b/two cheap', 'b/two middle']);
  });

  test('are sorted together with partition none', () => {
    const provider = { sort: { by: 'price', partition: 'none' } };
    expect(targetsOf({ models, provider })).toEqual(['b/two cheap', 'a/one middle', 'b/two middle', 'a/one dear']);
  });

  test('a model that cannot serve leaves the others', () => {
    const plan = planOf({ models: { 'a/one': [dear], 'b/two': [cheap] }, provider: { max_price: { prompt: 2 } } });
    expect(plan.targets.map(({ candidate }) => candidate.model.id)).toEqual(['b/two']);
    expect(plan.excluded.map(({ modelId, excludedBy }) => [modelId, excludedBy])).toEqual([['a/one', 'max_price']]);
  });

  test('a variant is of its own model', () => {
    const question = questionOf({ models });
    const [first, second] = question.groups;
    if (!first || !second) throw new Error('two models were asked for');
    const groups = [first, { ...second, sort: 'price' as const }];
    const { targets } = planRoute({ ...question, groups, random: { next: () => 0.999 } });
    expect(targets.map(({ candidate }) => candidate.host.name)).toEqual(['dear', 'middle', 'cheap', 'middle']);
  });
});

describe('allow_fallbacks: false', () => {
  test('only the top endpoint of each model remains', () => {
    const ask = { models: { 'a/one': [dear, middle], 'b/two': [cheap] }, provider: { allow_fallbacks: false } };
    expect(targetsOf(ask)).toEqual(['a/one middle', 'b/two cheap']);
    expect(planOf(ask).excluded).toMatchObject([
      { endpointId: 'dear|a/one', excludedBy: 'allow_fallbacks', field: 'provider.allow_fallbacks' },
    ]);
  });

  test('the top one is what the sort, or the preferred speed, makes it', () => {
    const slow: Host = { ...cheap, health: { throughput: { p50: 5, p75: 4, p90: 3, p99: 2 } } };
    const ask = { hosts: [slow, middle, dear] };
    expect(targetsOf({ ...ask, provider: { allow_fallbacks: false } })).toEqual(['cheap']);
    const preferred = { allow_fallbacks: false, preferred_min_throughput: 50 };
    expect(targetsOf({ ...ask, provider: preferred })).toEqual(['middle']);
  });

  test('with an order the whole list remains, and nobody else', () => {
    const provider = { order: ['dear', 'cheap'], allow_fallbacks: false };
    expect(targetsOf({ hosts, provider })).toEqual(['dear', 'cheap']);
  });

  test('an order that names nobody leaves nobody', () => {
    expect(targetsOf({ hosts, provider: { order: ['nobody'], allow_fallbacks: false } })).toEqual([]);
  });
});

test('what may not serve takes no place from what may: a preference chooses among the allowed', () => {
  // The only one with tools is not in the list; the one in the list must not be dropped in its favour.
  const without: Host = { name: 'without', endpoint: { supportedParameters: [] } };
  const demand = { hasTools: true, parameters: ['tools'] };
  const provider = { order: ['without'], allow_fallbacks: false };
  expect(targetsOf({ hosts: [without, cheap], demand, provider })).toEqual(['without']);
});

test('a plan looks once at each endpoint that may serve, and at nothing else: its work is that of the models asked for', () => {
  const many = Array.from({ length: 90 }, (_, at): Host => ({ name: `h${at}`, usd: at < 50 ? 1 : 9 }));
  const question = questionOf({ hosts: many, provider: { max_price: { prompt: 2 }, sort: 'throughput' } });
  const asked: string[] = [];
  const counting = {
    ...question,
    healthOf(endpointId: string) {
      asked.push(endpointId);
      return question.healthOf(endpointId);
    },
  };
  expect(planRoute(counting).targets).toHaveLength(50);
  expect(asked.toSorted()).toEqual(
    many
      .slice(0, 50)
      .map(({ name }) => `${name}|lab/model`)
      .toSorted(),
  );
});

test('the same question with the same seed gives the same plan', () => {
  const plan = () => planOf({ hosts, random: seededRandom(7) });
  expect(plan()).toEqual(plan());
  const firsts = new Set(Array.from({ length: 50 }, (_, seed) => targetsOf({ hosts, random: seededRandom(seed) })[0]));
  expect(firsts.size).toBeGreaterThan(1);
});
