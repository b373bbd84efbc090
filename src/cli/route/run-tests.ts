/** `signalbox route test FILE.yaml`: routing expectations, planned offline and the same on every machine. */
import type { KnownProvider } from '../../config/load.ts';
import { formatProblem, nearest, type Path } from '../../config/problems.ts';
import type { Settings } from '../../config/settings.ts';
import { GatewayError } from '../../core/errors.ts';
import { seededRandom } from '../../core/ids.ts';
import type { RouteReport } from '../../pipeline/route-report.ts';
import { buildSnapshot, type Snapshot } from '../../pipeline/snapshot.ts';
import { explainRoute, withoutKey } from '../../server/management/route-explain.ts';
import { type Failure, unmetExpectations } from './expectations.ts';
import type { ExplainFlags, ExplainIo, RouteSources } from './explain.ts';
import { loadForPlanning, Misuse, readOrMisuse } from './load-for-planning.ts';
import { madeUpHealth } from './made-up-health.ts';
import { offlinePorts } from './plan-offline.ts';
import { oneLine } from './table.ts';
import { type ReadTests, type RouteCase, readTestFile } from './test-file.ts';

interface Outcome {
  readonly name: string;
  readonly failures: readonly Failure[];
  readonly report: RouteReport;
}

const DEFAULT_SEED = 1;

/** @returns the exit code: 0 all expectations hold, 1 one does not. @throws Misuse naming every mistake of the files */
export async function testCommand(file: string, flags: ExplainFlags, io: ExplainIo): Promise<number> {
  const tests = readTestFile(file, await readOrMisuse(file, io.readText));
  throwProblems(tests);
  const { settings, notes } = await loadForPlanning(flags, io);
  for (const note of notes) io.complain(`note: ${note}`);
  // The built-in prices, so that every machine finds the same; refreshed ones only where somebody names their folder.
  const sources = await io.sources(flags.data ?? null);
  const snapshotAt = createSnapshots(settings, sources);
  checkNames(tests, snapshotAt(sources.pricesDate), io.knownProviders);
  throwProblems(tests);
  const outcomes = tests.cases.map((each, at) => runCase(each, at, tests, sources.pricesDate, snapshotAt));
  throwProblems(tests);
  const ran = outcomes.filter((outcome) => outcome !== null);
  const failed = ran.filter(({ failures }) => failures.length > 0).length;
  if (flags.json) io.print(JSON.stringify(summaryOf(ran, failed), null, 2));
  else for (const line of resultLines(ran, failed)) io.print(line);
  return failed === 0 ? 0 : 1;
}

function throwProblems({ problems }: ReadTests): void {
  if (problems.length === 0) return;
  const inOrder = problems.toSorted((a, b) => (a.position?.line ?? 0) - (b.position?.line ?? 0));
  throw new Misuse(inOrder.map(formatProblem).join('\n'));
}

/** A snapshot of each day: `~author/family-latest` passes over what is retired by then. */
function createSnapshots(settings: Settings, sources: RouteSources): (today: string) => Snapshot {
  const snapshots = new Map<string, Snapshot>();
  return (today) => {
    const known = snapshots.get(today);
    if (known) return known;
    const built = buildSnapshot(settings, { ...sources, today });
    snapshots.set(today, built);
    return built;
  };
}

/** Null where the request is none; the problem is told. */
function runCase(
  { name, request, key, at, seed = DEFAULT_SEED, health = {}, expect }: RouteCase,
  index: number,
  { report: problems }: ReadTests,
  pricesDate: string,
  snapshotAt: (today: string) => Snapshot,
): Outcome | null {
  // Noon of the prices' day where the case names no time.
  const nowMs = Date.parse(at ?? `${pricesDate}T12:00:00Z`);
  const snapshot = snapshotAt(new Date(nowMs).toISOString().slice(0, 10));
  const healthOf = madeUpHealth(health, nowMs, (providerId) => snapshot.provider(providerId)?.name);
  const ports = offlinePorts({ snapshot, nowMs, random: seededRandom(seed), healthOf });
  try {
    const report = explainRoute(request, withoutKey(key), ports);
    return { name, failures: unmetExpectations(expect, report), report };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code === 'gateway.internal') throw error;
    problems.problem(['cases', index, 'request'], error.message);
    return null;
  }
}

/** A name that nobody has would never be met: `never: opnai` would hold for ever. */
function checkNames({ cases, report }: ReadTests, snapshot: Snapshot, knownProviders: readonly KnownProvider[]): void {
  const configured = snapshot.providers.flatMap(({ id, name }) => [id, name]);
  const known = [...configured, ...knownProviders.map(({ id }) => id)];
  const check = (path: Path, name: string, among: readonly string[], what: string): void => {
    const [tag = ''] = name.split('|', 1);
    const [base = ''] = tag.split('/', 1);
    const isKnown = [name, base].some((word) => among.some((each) => each.toLowerCase() === word.toLowerCase()));
    if (!isKnown) report.problem(path, `"${name}" is no ${what}.`, nearest(name, among));
  };
  for (const [at, { key, health = {}, expect }] of cases.entries()) {
    const path = ['cases', at];
    if (key !== undefined && !snapshot.routing.byKey.has(key)) {
      const keys = [...snapshot.routing.byKey.keys()];
      report.problem([...path, 'key'], `routing.keys of the configuration has no "${key}".`, nearest(key, keys));
    }
    for (const name of Object.keys(health))
      check([...path, 'health', name], name, configured, 'provider of the configuration');
    for (const [field, names] of namedIn(expect))
      for (const name of names) check([...path, 'expect', field], name, known, 'provider');
  }
}

function namedIn({ first, first_share, targets, includes, excludes, never }: RouteCase['expect']) {
  const lists = { first, targets, includes, never };
  const byName = { first_share, excludes };
  return [
    ...Object.entries(lists).map(([field, names]) => [field, names ?? []] as const),
    ...Object.entries(byName).map(([field, values]) => [field, Object.keys(values ?? {})] as const),
  ];
}

function resultLines(outcomes: readonly Outcome[], failed: number): readonly string[] {
  return [
    ...outcomes.flatMap(({ name, failures, report }) =>
      failures.length === 0
        ? [`ok    ${oneLine(name)}: ${whereTo(report)}`]
        : [
            `FAIL  ${oneLine(name)}`,
            ...failures.flatMap(({ expectation, expected, got }) => [
              `        ${expectation}: expected ${oneLine(expected)}`,
              `        ${' '.repeat(expectation.length)}  got      ${oneLine(got)}`,
            ]),
          ],
    ),
    '',
    `${outcomes.length} ${outcomes.length === 1 ? 'case' : 'cases'}: ${outcomes.length - failed} passed, ${failed} failed.`,
  ];
}

function whereTo({ would_go_to: goes, targets, error }: RouteReport): string {
  if (!goes) return `refused with ${String(error?.['code'] ?? 'nobody left')}`;
  return `${goes.provider}${targets.length > 1 ? ` and ${targets.length - 1} more` : ''}`;
}

function summaryOf(outcomes: readonly Outcome[], failed: number) {
  return {
    passed: outcomes.length - failed,
    failed,
    cases: outcomes.map(({ name, failures, report }) => ({ name, ok: failures.length === 0, failures, report })),
  };
}
