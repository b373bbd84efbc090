/** Days to live through: the whole one that is printed, a short one for tests, and the end of everything. */
import { HOSTS } from './hosts.ts';
import type { Incident, Trouble } from './incidents.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly startMs: number;
  readonly durationMs: number;
  /** On average over the time. */
  readonly requestsPerSecond: number;
  /** Few at night, most in the afternoon; else as many all the time. */
  readonly isDiurnal: boolean;
  /** All limits of all hosts times this. */
  readonly capacity: number;
  readonly incidents: readonly Incident[];
}

const START_MS = Date.parse('2026-11-21T00:00:00Z');
const EVERYBODY = [...new Set(HOSTS.map(({ name }) => name))];
/** One cloud region: what several hosts stand in. */
const REGION = ['birch', 'elm', 'pine', 'rowan', 'fir'];

export function wholeDay(seed = 1): Scenario {
  return {
    name: 'a day',
    seed,
    startMs: START_MS,
    durationMs: 24 * HOUR_MS,
    requestsPerSecond: 2.5,
    isDiurnal: true,
    capacity: 1,
    incidents: [
      between('00:40', '01:20', ['elm'], { kind: 'slow', factor: 20 }),
      between('02:00', '02:40', ['cedar'], { kind: 'refuses' }),
      between('03:10', '04:00', ['oak'], { kind: 'unavailable', retryAfterMs: 10 * MINUTE_MS }),
      between('05:00', '05:45', ['rowan'], { kind: 'brown-out', share: 0.3 }),
      between('06:30', '07:00', ['alder'], { kind: 'slow', factor: 20 }),
      between('07:10', '07:50', ['cedar'], { kind: 'slow', factor: 20 }),
      between('08:00', '09:00', ['hazel'], { kind: 'bad-key', key: 'all' }),
      between('08:30', '10:00', ['oak'], { kind: 'bad-key', key: 0 }),
      between('09:30', '09:50', ['cedar'], { kind: 'hangs' }),
      between('10:40', '11:00', ['alder'], { kind: 'hangs' }),
      between('11:20', '12:00', REGION, { kind: 'unavailable' }),
      between('12:00', '12:15', REGION, { kind: 'recovers', fromShare: 0.8 }),
      between('12:30', '14:30', ['cedar', 'rowan'], { kind: 'limits', factor: 0.1 }),
      between('14:00', '14:40', ['pine'], { kind: 'cuts', share: 0.4 }),
      between('14:00', '17:00', EVERYBODY, { kind: 'limits', factor: 0.6 }),
      between('15:00', '16:00', ['rowan'], { kind: 'flaps', downMs: 40 * SECOND_MS, upMs: 80 * SECOND_MS }),
      between('15:30', '15:50', ['alder'], { kind: 'brown-out', share: 0.3 }),
      between('16:30', '17:30', ['hazel', 'rowan'], { kind: 'bad-tools', share: 0.35 }),
      between('17:30', '17:50', ['alder', 'cedar', 'hazel'], { kind: 'hangs' }),
      between('18:20', '18:50', ['larch'], { kind: 'refuses' }),
      between('18:20', '19:00', ['maple'], { kind: 'bad-key', key: 'all' }),
      between('19:20', '20:00', ['birch'], { kind: 'slow', factor: 20 }),
      between(
        '20:20',
        '20:35',
        EVERYBODY.filter((name) => name !== 'oak' && name !== 'willow'),
        { kind: 'unavailable' },
      ),
      between('21:30', '22:10', ['birch'], { kind: 'flaps', downMs: 90 * SECOND_MS, upMs: 150 * SECOND_MS }),
      between('22:00', '22:30', ['alder'], { kind: 'cuts', share: 0.3 }),
      between('22:30', '23:15', ['elm'], { kind: 'brown-out', share: 0.5 }),
    ],
  };
}

/** Two hours with the day's sorts of trouble, at the pace of its afternoon: for tests. */
export function shortDay(seed = 1): Scenario {
  return {
    name: 'two hours',
    seed,
    startMs: START_MS,
    durationMs: 2 * HOUR_MS,
    requestsPerSecond: 1,
    isDiurnal: true,
    capacity: 0.35,
    incidents: [
      between('00:05', '00:15', ['cedar'], { kind: 'refuses' }),
      between('00:10', '00:20', ['alder'], { kind: 'hangs' }),
      between('00:15', '00:22', ['elm'], { kind: 'slow', factor: 20 }),
      between('00:22', '00:30', ['rowan'], { kind: 'brown-out', share: 0.3 }),
      between('00:25', '00:40', ['hazel'], { kind: 'bad-key', key: 'all' }),
      between('00:30', '00:50', ['oak'], { kind: 'bad-key', key: 0 }),
      between('00:40', '00:55', REGION, { kind: 'unavailable' }),
      between('00:55', '01:00', REGION, { kind: 'recovers', fromShare: 0.8 }),
      between('01:00', '01:20', ['cedar', 'rowan'], { kind: 'limits', factor: 0.1 }),
      between('01:05', '01:15', ['pine', 'alder'], { kind: 'cuts', share: 0.4 }),
      between('01:20', '01:35', ['birch'], { kind: 'flaps', downMs: 40 * SECOND_MS, upMs: 80 * SECOND_MS }),
      between('01:30', '01:40', ['hazel'], { kind: 'bad-tools', share: 0.35 }),
      between(
        '01:42',
        '01:52',
        EVERYBODY.filter((name) => name !== 'oak' && name !== 'willow'),
        { kind: 'unavailable' },
      ),
    ],
  };
}

export const OUTAGE = { fromMs: 40 * SECOND_MS, untilMs: 100 * SECOND_MS } as const;

/** Everybody is down for a minute, at a pace at which retries would hurt and no host could carry all. */
export function totalOutage(trouble: Trouble, seed = 1): Scenario {
  return {
    name: 'a total outage',
    seed,
    startMs: START_MS,
    durationMs: 160 * SECOND_MS,
    requestsPerSecond: 100,
    isDiurnal: false,
    capacity: 4,
    incidents: [{ ...OUTAGE, hosts: EVERYBODY, trouble }],
  };
}

function between(from: string, until: string, hosts: readonly string[], trouble: Trouble): Incident {
  return { hosts, fromMs: sinceMidnight(from), untilMs: sinceMidnight(until), trouble };
}

/** `HH:MM`. */
function sinceMidnight(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
}
