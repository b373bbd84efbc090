import { describe, expect, test } from 'bun:test';
import { createDraws, type DRAWS } from './draw.ts';
import { buildEndpoints, HOSTS, type SimEndpoint } from './hosts.ts';
import { conditionAt, GOOD_DAY, type Incident, type Trouble } from './incidents.ts';
import { buildRequests, type SimRequest } from './requests.ts';
import { type Scenario, shortDay } from './scenarios.ts';
import { type Course, createWorld, FIRST_BYTE_MS } from './world.ts';

const MINUTE_MS = 60_000;
const endpoints = buildEndpoints();

function endpointNamed(name: string): SimEndpoint {
  const endpoint = endpoints.find(({ facts }) => facts.name === name);
  if (!endpoint) throw new Error(`No host ${name}.`);
  return endpoint;
}

/** A world with one trouble for one host during its first minute, and a hand on its clock. */
function worldWith(hosts: readonly string[], trouble: Trouble, facts: Partial<Scenario> = {}) {
  const incident: Incident = { hosts, fromMs: 0, untilMs: MINUTE_MS, trouble };
  const scenario: Scenario = { ...shortDay(), capacity: 1, incidents: [incident], ...facts };
  let nowMs = scenario.startMs;
  const world = createWorld({ scenario, endpoints, now: () => nowMs });
  return {
    world,
    wait(ms: number) {
      nowMs += ms;
    },
  };
}

const requests = buildRequests(shortDay());

function requestWhere(passes: (request: SimRequest) => boolean): SimRequest {
  const request = requests.find(passes);
  if (!request) throw new Error('No such request.');
  return request;
}

const plain = requestWhere(({ kind }) => kind === 'plain');

function statusOf(course: Course): number | string {
  return course.kind === 'fails' ? (course.error.details.providerStatus ?? course.error.code) : 'answers';
}

describe('a host in trouble', () => {
  const troubles: readonly (readonly [trouble: Trouble, status: number | string])[] = [
    [{ kind: 'refuses' }, 'provider.unreachable'],
    [{ kind: 'hangs' }, 'provider.timeout'],
    [{ kind: 'unavailable', retryAfterMs: 5000 }, 503],
    [{ kind: 'brown-out', share: 1 }, 500],
    [{ kind: 'recovers', fromShare: 1 }, 500],
    [{ kind: 'bad-key', key: 'all' }, 401],
    [{ kind: 'limits', factor: 0 }, 429],
    [{ kind: 'flaps', downMs: 1000, upMs: 1000 }, 500],
  ];
  for (const [trouble, status] of troubles) {
    test(`that ${trouble.kind} fails with ${status}, others and later requests do not`, () => {
      const { world, wait } = worldWith(['oak'], trouble);
      expect(statusOf(world.begin(plain, endpointNamed('oak'), 0))).toBe(status);
      expect(statusOf(world.begin(plain, endpointNamed('fir'), 0))).toBe('answers');
      wait(MINUTE_MS);
      expect(statusOf(world.begin(plain, endpointNamed('oak'), 0))).toBe('answers');
    });
  }

  test('says when to come back where it was told to', () => {
    const { world } = worldWith(['oak'], { kind: 'unavailable', retryAfterMs: 5000 });
    const course = world.begin(plain, endpointNamed('oak'), 0);
    expect(course.kind === 'fails' && course.error.details.retryAfterMs).toBe(5000);
  });

  test('whose one key is bad takes the other', () => {
    const { world } = worldWith(['oak'], { kind: 'bad-key', key: 0 });
    expect(statusOf(world.begin(plain, endpointNamed('oak'), 0))).toBe(401);
    expect(statusOf(world.begin(plain, endpointNamed('oak'), 1))).toBe('answers');
  });

  test('that is slow takes so many times as long, and is given up where that is too long', () => {
    const usual = worldWith([], { kind: 'refuses' }).world.begin(plain, endpointNamed('oak'), 0);
    const slow = worldWith(['oak'], { kind: 'slow', factor: 3 }).world.begin(plain, endpointNamed('oak'), 0);
    if (usual.kind !== 'answers' || slow.kind !== 'answers') throw new Error('Both answer.');
    expect(slow.firstTokenMs / usual.firstTokenMs).toBeCloseTo(3, 1);
    expect(slow.generationMs / usual.generationMs).toBeCloseTo(3, 1);
    const hopeless = worldWith(['oak'], { kind: 'slow', factor: 1e6 }).world.begin(plain, endpointNamed('oak'), 0);
    expect(statusOf(hopeless)).toBe('provider.timeout');
    expect(hopeless.kind === 'fails' && hopeless.afterMs).toBe(FIRST_BYTE_MS);
  });

  test('flaps and recovers by the clock', () => {
    const flapping: Incident = {
      hosts: ['oak'],
      fromMs: 1000,
      untilMs: 11_000,
      trouble: { kind: 'flaps', downMs: 2000, upMs: 3000 },
    };
    const down = [1000, 2999, 3000, 5999, 6000, 11_000].map((atMs) => conditionAt([flapping], atMs).down);
    expect(down).toEqual(['flaps', 'flaps', null, null, 'flaps', null]);
    const recovering: Incident = {
      hosts: ['oak'],
      fromMs: 0,
      untilMs: 1000,
      trouble: { kind: 'recovers', fromShare: 0.8 },
    };
    expect(conditionAt([recovering], 500).failing).toBeCloseTo(0.4);
    expect(conditionAt([recovering], 1000)).toEqual(GOOD_DAY);
  });

  test('cuts streams and calls tools badly as often as scripted', () => {
    const { world } = worldWith(['willow'], { kind: 'cuts', share: 0.4 });
    const calling = worldWith(['willow'], { kind: 'bad-tools', share: 0.35 }).world;
    const sample = requests.filter(({ callsTool }) => callsTool).slice(0, 500);
    let cut = 0;
    let bad = 0;
    for (const request of sample) {
      const first = world.begin(request, endpointNamed('willow'), 0);
      const second = calling.begin(request, endpointNamed('willow'), 0);
      world.ended(endpointNamed('willow'));
      calling.ended(endpointNamed('willow'));
      if (first.kind === 'answers' && first.isCut) cut++;
      if (second.kind === 'answers' && second.badTool) bad++;
    }
    expect(cut / 500).toBeWithin(0.33, 0.47);
    expect(bad / 500).toBeWithin(0.28, 0.42);
  });
});

describe('load', () => {
  const { perMinute, parallel } = endpointNamed('cedar').facts;

  test('beyond the limit of a minute is answered 429, with the time until the next minute', () => {
    const { world, wait } = worldWith([], { kind: 'refuses' });
    wait(20_000);
    const cedar = endpointNamed('cedar');
    for (let i = 0; i < perMinute; i++) {
      expect(statusOf(world.begin(plain, cedar, 0))).not.toBe(429);
      world.ended(cedar);
    }
    const course = world.begin(plain, cedar, 0);
    expect(statusOf(course)).toBe(429);
    expect(course.kind === 'fails' && course.error.details.retryAfterMs).toBe(40_000);
    wait(40_000);
    expect(statusOf(world.begin(plain, cedar, 0))).not.toBe(429);
  });

  test('by many at the same time makes an endpoint slow, then refuse', () => {
    const { world } = worldWith([], { kind: 'refuses' });
    const cedar = endpointNamed('cedar');
    const courses = Array.from({ length: 2 * parallel + 1 }, () => world.begin(plain, cedar, 0));
    const [first] = courses;
    const middle = courses[parallel - 1];
    if (first?.kind !== 'answers' || middle?.kind !== 'answers') throw new Error('Both answer.');
    expect(middle.firstTokenMs / first.firstTokenMs).toBeCloseTo(2, 1);
    expect(statusOf(courses[2 * parallel - 1] ?? first)).toBe('answers');
    expect(statusOf(courses[2 * parallel] ?? first)).toBe(503);
  });
});

describe('a prompt cache', () => {
  const [turn, next] = requests.filter(({ conversation }) => conversation?.id === 1);
  if (!turn || !next) throw new Error('No conversation.');

  test('holds what its endpoint has read of a conversation for as long as it lives, and no other endpoint has it', () => {
    const { world, wait } = worldWith([], { kind: 'refuses' });
    const elm = endpointNamed('elm');
    const cachedBy = (endpoint: SimEndpoint): number => {
      const course = world.begin(next, endpoint, 0);
      if (course.kind !== 'answers') throw new Error('It answers.');
      return course.cachedTokens;
    };
    expect(cachedBy(elm)).toBe(0);
    world.hasRead(turn, elm);
    expect(cachedBy(elm)).toBe(turn.promptTokens);
    expect(cachedBy(endpointNamed('larch'))).toBe(0);
    wait(elm.facts.cacheLifeMs ?? 0);
    expect(cachedBy(elm)).toBe(0);
  });

  test('is not held by a host without a price for it', () => {
    const { world } = worldWith([], { kind: 'refuses' });
    world.hasRead(turn, endpointNamed('birch'));
    const course = world.begin(next, endpointNamed('birch'), 0);
    expect(course.kind === 'answers' && course.cachedTokens).toBe(0);
  });
});

describe('draws', () => {
  test('belong to a request at an endpoint: the same whoever was drawn before, another for every purpose', () => {
    const draws = createDraws(3);
    const alone = draws.of(17, 4, 'failure');
    const other = createDraws(3);
    for (let i = 0; i < 100; i++) other.of(i, i % 12, 'cut');
    expect(other.of(17, 4, 'failure')).toBe(alone);
    expect(createDraws(4).of(17, 4, 'failure')).not.toBe(alone);
    const purposes: readonly (keyof typeof DRAWS)[] = ['latency', 'speed', 'failure', 'cut', 'badTool', 'cacheMiss'];
    expect(new Set(purposes.map((purpose) => draws.of(17, 4, purpose))).size).toBe(purposes.length);
  });

  test('are spread evenly, endpoint by endpoint', () => {
    const draws = createDraws(1);
    for (let endpoint = 0; endpoint < HOSTS.length; endpoint++) {
      const tenths = new Array<number>(10).fill(0);
      for (let id = 0; id < 5000; id++) {
        const tenth = Math.floor(draws.of(id, endpoint, 'failure') * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      for (const count of tenths) expect(count).toBeWithin(400, 600);
    }
  });

  test('around 1 have their median there', () => {
    const draws = createDraws(1);
    const values = Array.from({ length: 2001 }, (_, id) => draws.around(0.5, id, 0, 'latency')).sort((a, b) => a - b);
    expect(values[1000]).toBeWithin(0.95, 1.05);
    expect(values[Math.floor(2001 * 0.84)]).toBeWithin(Math.exp(0.45), Math.exp(0.55));
  });
});
