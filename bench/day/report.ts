/** From scores to Markdown: the table, a verdict on every line of it, and what went wrong at what price. */
import type { IncidentToll } from './incident-toll.ts';
import { dollars, METRICS, type Metric, percent, ratio } from './metrics.ts';
import type { OutageToll } from './outage.ts';
import type { Score } from './score.ts';

/** Signalbox first, then the others. */
export interface DayResult {
  readonly name: string;
  readonly score: Score;
  readonly tolls: readonly IncidentToll[];
}

/** Closer than this part of the value is even. */
const EVEN = 0.005;

export function formatDay(results: readonly DayResult[]): string {
  const scores = results.map(({ score }) => score);
  const rows = METRICS.map((metric) => {
    const values = scores.map((score) => metric.of(score));
    const best = bestOf(metric, values);
    return row(metric.name, ...values.map((value) => mark(metric.format(value), isEven(value, best))));
  });
  return [
    head('', results),
    ...rows,
    row('total cost', ...scores.map(({ costUsd }) => dollars(costUsd))),
    row('answers', ...scores.map(({ answered }) => answered.toLocaleString('en-US'))),
  ].join('\n');
}

/** One line for each metric: who is best, and where that is somebody else, why. */
export function formatVerdicts(results: readonly DayResult[]): string {
  const [ours, ...others] = results;
  if (!ours) return '';
  return METRICS.map((metric) => `- **${metric.name}**: ${verdictOf(metric, ours, others)}`).join('\n');
}

function verdictOf(metric: Metric, ours: DayResult, others: readonly DayResult[]): string {
  const own = metric.of(ours.score);
  const ranked = others.toSorted((a, b) => compare(metric, metric.of(a.score), metric.of(b.score)));
  const [next] = ranked;
  if (!next) return metric.format(own);
  const theirs = metric.of(next.score);
  if (isEven(own, theirs)) return `even: ${metric.format(own)} and ${metric.format(theirs)} (${next.name}).`;
  if (compare(metric, own, theirs) < 0) {
    return `${ours.name} wins with ${metric.format(own)} before ${metric.format(theirs)} (${next.name}).`;
  }
  const place = 1 + ranked.filter(({ score }) => compare(metric, metric.of(score), own) < 0).length;
  return `${next.name} wins with ${metric.format(theirs)}; ${ours.name} is number ${place} with ${metric.format(own)}. ${metric.why(ours.score, next.score)}`;
}

/** Attempts lost at hosts in trouble while they were. */
export function formatTolls(results: readonly DayResult[]): string {
  const [first] = results;
  const rows = (first?.tolls ?? []).map(({ incident }, i) =>
    row(
      `${timeOf(incident.fromMs)}–${timeOf(incident.untilMs)}`,
      hostsOf(incident.hosts),
      troubleOf(incident.trouble),
      ...results.map(({ tolls }) => `${tolls[i]?.lost ?? 0} of ${tolls[i]?.attempts ?? 0}`),
    ),
  );
  return [
    row('time', 'hosts', 'trouble', ...results.map(({ name }) => name)),
    `|---|---|---|${'---:|'.repeat(results.length)}`,
    ...rows,
  ].join('\n');
}

function troubleOf(trouble: IncidentToll['incident']['trouble']): string {
  switch (trouble.kind) {
    case 'slow':
      return `${trouble.factor} times as slow`;
    case 'refuses':
      return 'takes no connection';
    case 'hangs':
      return 'never answers';
    case 'unavailable':
      return trouble.retryAfterMs === undefined ? '503' : '503 with `Retry-After`';
    case 'brown-out':
      return `${percentOf(trouble.share)} fail`;
    case 'recovers':
      return `${percentOf(trouble.fromShare)} fail, falling to none`;
    case 'cuts':
      return `${percentOf(trouble.share)} of the streams are cut`;
    case 'bad-key':
      return trouble.key === 'all' ? 'its key is refused' : 'one of its keys is refused';
    case 'limits':
      return `limits shrink to ${percentOf(trouble.factor)}`;
    case 'flaps':
      return `down ${trouble.downMs / 1000} s, up ${trouble.upMs / 1000} s`;
    case 'bad-tools':
      return `${percentOf(trouble.share)} of its tool calls are bad`;
  }
}

function percentOf(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function hostsOf(hosts: readonly string[]): string {
  return hosts.length > 5 ? `${hosts.length} hosts` : hosts.join(', ');
}

/** `HH:MM` from midnight. */
function timeOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

export interface OutageResult {
  readonly name: string;
  readonly toll: OutageToll;
}

export function formatOutage(results: readonly OutageResult[]): string {
  const tolls = results.map(({ toll }) => toll);
  return [
    head('', results),
    row('attempts per request during it', ...tolls.map(({ attempts, requests }) => ratio(attempts / requests))),
    row('extra attempts in the ten seconds with most', ...tolls.map(({ mostExtra }) => String(mostExtra))),
    row(
      'most attempts at one endpoint in a second, during it',
      ...tolls.map(({ mostAtOneEndpoint }) => String(mostAtOneEndpoint)),
    ),
    row('… in the minute after it', ...tolls.map(({ mostAtOneEndpointAfter }) => String(mostAtOneEndpointAfter))),
    row('answered in the minute after it', ...tolls.map(({ answeredAfter }) => percent(answeredAfter))),
  ].join('\n');
}

/** The same day under other limits: as far as it depends on them. */
export function formatLimits(results: readonly DayResult[]): string {
  const names = ['answered', 'answered, worst five minutes', 'first token, p99', 'attempts per request'];
  const metrics = METRICS.filter(({ name }) => names.includes(name));
  return [
    head('', results),
    ...metrics.map((metric) => row(metric.name, ...results.map(({ score }) => metric.format(metric.of(score))))),
  ].join('\n');
}

function head(corner: string, results: readonly { readonly name: string }[]): string {
  return `${row(corner, ...results.map(({ name }) => name))}\n|---|${'---:|'.repeat(results.length)}`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function mark(text: string, isBest: boolean): string {
  return isBest ? `**${text}**` : text;
}

function bestOf({ better }: Metric, values: readonly number[]): number {
  return better === 'high' ? Math.max(...values) : Math.min(...values);
}

function isEven(a: number, b: number): boolean {
  return Math.abs(a - b) <= EVEN * Math.max(Math.abs(a), Math.abs(b));
}

/** The better one first. */
function compare({ better }: Metric, a: number, b: number): number {
  return better === 'high' ? b - a : a - b;
}
