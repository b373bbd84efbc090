/** What a test case expects, held against the report of its dry run. Pure. */
import { isJsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import type { RouteReport } from '../../pipeline/route-report.ts';
import { errorText, usd } from './report-text.ts';
import type { Expectations } from './test-file.ts';

export interface Failure {
  readonly expectation: string;
  readonly expected: string;
  readonly got: string;
}

/** How far a share may be off where the case says nothing: shares are computed, not sampled. */
const TOLERANCE = 0.01;
/** A float's noise. */
const CERTAIN = 1 - 1e-6;

type Row = { readonly endpoint_id: string; readonly provider: string };

export function unmetExpectations(expect: Expectations, report: RouteReport): readonly Failure[] {
  const { error } = report;
  if (error && !expect.error) {
    return [{ expectation: 'route', expected: 'the request is routed', got: `refused: ${errorText(error)}` }];
  }
  return CHECKS.flatMap((check) => check(expect, report) ?? []);
}

type Check = (expect: Expectations, report: RouteReport) => Failure | readonly Failure[] | undefined;

const CHECKS: readonly Check[] = [
  checkError,
  checkFirst,
  checkShares,
  checkTargets,
  checkIncludes,
  checkNever,
  checkExcludes,
  checkCost,
  ({ strategy }, report) => same('strategy', strategy, report.strategy),
  ({ model }, report) => same('model', model, report.would_go_to?.model ?? 'none'),
];

/** By endpoint id, slug or display name, in any case. A base slug covers regions, variants and tiers. */
export function isNamed(name: string, { endpoint_id: endpointId, provider }: Row): boolean {
  const wanted = name.toLowerCase();
  const [tag = ''] = endpointId.toLowerCase().split('|', 1);
  const isExact = wanted === endpointId.toLowerCase() || wanted === tag || wanted === provider.toLowerCase();
  return isExact || tag.startsWith(`${wanted}/`);
}

function checkError({ error: expected }: Expectations, { error }: RouteReport): Failure | undefined {
  if (!expected) return undefined;
  const wanted = [String(expected.status), ...(expected.code === undefined ? [] : [expected.code])].join(' ');
  if (!error) return { expectation: 'error', expected: wanted, got: 'the request is routed' };
  const codes = [
    stringAt(objectAt(error, 'availability') ?? {}, 'code'),
    stringAt(objectAt(error, 'metadata') ?? {}, 'error_type'),
  ];
  const isMet =
    numberAt(error, 'code') === expected.status && (expected.code === undefined || codes.includes(expected.code));
  const told = codes.filter((code) => code !== undefined).join(', ');
  return isMet ? undefined : { expectation: 'error', expected: wanted, got: `${errorText(error)} (${told})` };
}

function checkFirst({ first }: Expectations, report: RouteReport): Failure | undefined {
  if (!first) return undefined;
  const chance = chanceOf(first, report);
  if (chance >= CERTAIN) return undefined;
  return { expectation: 'first', expected: `${first.join(' or ')}, for certain`, got: chances(report) };
}

function checkShares({ first_share: shares, tolerance = TOLERANCE }: Expectations, report: RouteReport) {
  return Object.entries(shares ?? {}).flatMap(([name, expected]) => {
    const chance = chanceOf([name], report);
    if (Math.abs(chance - expected) <= tolerance + 1e-9) return [];
    return [
      {
        expectation: `first_share.${name}`,
        expected: `${expected} (±${tolerance})`,
        got: `${rounded(chance)}; ${chances(report)}`,
      },
    ];
  });
}

function checkTargets({ targets }: Expectations, report: RouteReport): Failure | undefined {
  if (!targets) return undefined;
  const isMet =
    targets.length === report.targets.length &&
    report.targets.every((target, at) => isNamed(targets[at] ?? '', target));
  return isMet ? undefined : { expectation: 'targets', expected: targets.join(', '), got: listed(report) };
}

function checkIncludes({ includes = [] }: Expectations, report: RouteReport): readonly Failure[] {
  return includes
    .filter((name) => !report.targets.some((target) => isNamed(name, target)))
    .map((name) => ({ expectation: 'includes', expected: name, got: exclusionOf(name, report) ?? listed(report) }));
}

function checkNever({ never = [] }: Expectations, report: RouteReport): readonly Failure[] {
  return never
    .filter((name) => report.targets.some((target) => isNamed(name, target)))
    .map((name) => ({ expectation: 'never', expected: `without ${name}`, got: listed(report) }));
}

function checkExcludes({ excludes = {} }: Expectations, report: RouteReport): readonly Failure[] {
  return Object.entries(excludes).flatMap(([name, rule]) => {
    const isTarget = report.targets.some((target) => isNamed(name, target));
    const isMet = report.excluded.some((row) => isNamed(name, row) && row.excluded_by === rule);
    if (isMet && !isTarget) return [];
    const got = isTarget
      ? `a target: ${listed(report)}`
      : (exclusionOf(name, report) ?? 'it has no endpoint of this model');
    return [{ expectation: `excludes.${name}`, expected: rule, got }];
  });
}

/** The dearest of those that may come first counts: a draw must not decide. */
function checkCost({ expected_cost_below: bound }: Expectations, report: RouteReport): Failure | undefined {
  if (bound === undefined) return undefined;
  const cost = Math.max(...poolOf(report).map(({ expected_cost, share }) => (share > 0 ? expected_cost : 0)));
  if (cost < bound) return undefined;
  return { expectation: 'expected_cost_below', expected: usd(bound), got: usd(cost) };
}

function same(expectation: string, expected: string | undefined, got: string): Failure | undefined {
  return expected === undefined || expected === got ? undefined : { expectation, expected, got };
}

// ---- who comes first ----

/** Those that are ordered with the first one: its model's, or all where models are ordered together. */
function poolOf({ targets, preferences }: RouteReport) {
  const { sort } = preferences;
  const isOnePool = isJsonObject(sort) && sort['partition'] === 'none';
  return targets.filter(({ model }) => isOnePool || model === targets[0]?.model);
}

/** Where only the first is tried, those that were not drawn had a chance, too. */
function drawnAmong(report: RouteReport): readonly (Row & { readonly share: number })[] {
  const models = new Set(poolOf(report).map(({ model }) => model));
  const undrawn = report.excluded.flatMap(({ share, ...row }) =>
    share !== undefined && models.has(row.model) ? [{ ...row, share }] : [],
  );
  return [...poolOf(report), ...undrawn].filter(({ share }) => share > 0);
}

function chanceOf(names: readonly string[], report: RouteReport): number {
  const named = drawnAmong(report).filter((row) => names.some((name) => isNamed(name, row)));
  return named.reduce((sum, { share }) => sum + share, 0);
}

function chances(report: RouteReport): string {
  const drawn = drawnAmong(report).toSorted((a, b) => b.share - a.share);
  return drawn.length === 0 ? 'nobody' : drawn.map(({ provider, share }) => `${provider} ${rounded(share)}`).join(', ');
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}

function listed({ targets }: RouteReport): string {
  return targets.length === 0 ? 'no targets' : targets.map(({ provider }) => provider).join(', ');
}

function exclusionOf(name: string, { excluded }: RouteReport): string | undefined {
  const rules = excluded.filter((row) => isNamed(name, row)).map((row) => `${row.excluded_by} (${row.because})`);
  return rules.length === 0 ? undefined : `excluded by ${[...new Set(rules)].join(', ')}`;
}
