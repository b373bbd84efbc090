/** Files of routing expectations (docs/guides/test-your-routes.md): strict, every mistake with its line. */
import { z } from 'zod';
import { parseFile } from '../../config/parse-file.ts';
import { formatPath, type Path, type Problem, type Report } from '../../config/problems.ts';
import { parseReporting } from '../../config/schema-problems.ts';

const text = z.string().trim().min(1, 'must not be empty.');
const share = z.number().min(0).max(1);
/** One name, or several. */
const names = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(text).min(1));

/** A number is every percentile. */
const figures = z.preprocess(
  (value) => (typeof value === 'number' ? { p50: value } : value),
  z.strictObject(
    {
      p50: z.number().min(0),
      p75: z.number().min(0).optional(),
      p90: z.number().min(0).optional(),
      p99: z.number().min(0).optional(),
    },
    'must be a number, or a group of p50, p75, p90 and p99.',
  ),
);

const STATES = ['ready', 'failing', 'resting'] as const;

const health = z.preprocess(
  (value) => (STATES.some((state) => state === value) ? { state: value } : value),
  z.strictObject(
    {
      state: z.enum(STATES).optional(),
      /** Seconds to the first token. */
      latency: figures.optional(),
      /** Tokens a second. */
      throughput: figures.optional(),
      tool_error_rate: share.optional(),
      success_rate: share.optional(),
    },
    `must be ${STATES.join(', ')}, or a group of keys.`,
  ),
);

const expectations = z.strictObject({
  /** One of these comes first for certain. */
  first: names.optional(),
  /** Chance of each to come first. */
  first_share: z.record(text, share).optional(),
  /** How far a share may be off; 0.01. */
  tolerance: share.optional(),
  /** All targets, in this order. */
  targets: names.optional(),
  /** Are among the targets. */
  includes: names.optional(),
  /** Provider → the rule that excludes it. */
  excludes: z.record(text, text).optional(),
  /** Are not among the targets, for whatever reason. */
  never: names.optional(),
  error: z
    .preprocess(
      (value) => (typeof value === 'number' ? { status: value } : value),
      z.strictObject({ status: z.int(), code: text.optional() }),
    )
    .optional(),
  /** USD, for everybody who may come first. */
  expected_cost_below: z.number().positive().optional(),
  strategy: text.optional(),
  /** Of the first target. */
  model: text.optional(),
});

const routeCase = z.strictObject({
  name: text,
  /** A chat body. */
  request: z.record(z.string(), z.json()),
  /** As under `routing.keys` of the configuration. */
  key: text.optional(),
  at: text
    .refine((written) => !Number.isNaN(Date.parse(written)), 'must be a time such as 2026-11-21T18:30:00Z.')
    .optional(),
  seed: z.int().min(0).optional(),
  /** By endpoint id, slug or display name of a provider. */
  health: z.record(text, health).optional(),
  expect: expectations,
});

const testFile = z.strictObject({ cases: z.array(routeCase).min(1, 'must name at least one case.') });

export type RouteCase = z.infer<typeof routeCase>;
export type Expectations = z.infer<typeof expectations>;
export type MadeUpHealth = z.infer<typeof health>;
export type Figures = z.infer<typeof figures>;

export interface ReadTests {
  readonly cases: readonly RouteCase[];
  /** Of the schema; what only the configuration knows is added through `report`. */
  readonly problems: readonly Problem[];
  readonly report: Report;
}

export function readTestFile(file: string, source: string): ReadTests {
  const parsed = parseFile(file, source);
  if (!parsed.ok) return { cases: [], problems: parsed.problems, report: { problem() {}, notice() {} } };
  const problems: Problem[] = [];
  const report: Report = {
    problem(path: Path, message, suggestion = null) {
      const position = parsed.parsed.locate(path);
      problems.push({ origin: file, position, path: formatPath(path), message, suggestion });
    },
    // Nothing here is worth a notice.
    notice() {},
  };
  const cases = parseReporting(testFile, parsed.parsed.value, report)?.cases ?? [];
  if (problems.length === 0) checkCases(cases, report);
  return { cases, problems, report };
}

/** What a schema cannot say. */
function checkCases(cases: readonly RouteCase[], report: Report): void {
  const seen = new Set<string>();
  for (const [at, { name, expect }] of cases.entries()) {
    if (seen.has(name)) report.problem(['cases', at, 'name'], `another case is called "${name}".`);
    seen.add(name);
    const { tolerance: _, ...expected } = expect;
    if (Object.keys(expected).length === 0) report.problem(['cases', at, 'expect'], 'expects nothing.');
  }
}
