/** Turns what the schema refuses into problems with a key, a reason and a suggestion; values are never repeated. */
import { z } from 'zod';
import { nearest, type Path, type Report } from './problems.ts';

type Issue = z.core.$ZodIssue;

/**
 * The value as the schema gives it, with every issue reported. Where there are some, what they concern is left out and the
 * rest is given, so that later checks find their own problems in the same run; null where nothing usable remains.
 */
export function parseReporting<T>(schema: z.ZodType<T>, value: unknown, report: Report): T | null {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  reportIssues(schema, outcome.error.issues, value, report);
  return schema.safeParse(withoutRefused(value, outcome.error.issues)).data ?? null;
}

function reportIssues(schema: z.core.$ZodType, issues: readonly Issue[], value: unknown, report: Report): void {
  for (const issue of issues) {
    const path = pathOf(issue);
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, path);
      for (const key of issue.keys) {
        const suggestion = nearest(key, known);
        report.problem([...path, key], suggestion ? 'unknown key.' : unknownKey(known), suggestion);
      }
      continue;
    }
    const given = valueAt(value, path);
    report.problem(path, describe(issue, given), suggest(issue, given));
  }
}

const pathOf = (issue: Issue): Path => issue.path.filter((segment) => typeof segment !== 'symbol');

function withoutRefused(value: unknown, issues: readonly Issue[]): unknown {
  const rest = structuredClone(value);
  for (const issue of issues) {
    const path = pathOf(issue);
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) removeAt(rest, [...path, key]);
    else removeAt(rest, path);
  }
  return rest;
}

/** Removes a member; a refused list item takes its list along, for the others would change their numbers. */
function removeAt(root: unknown, path: Path): void {
  const end =
    typeof path.at(-1) === 'number' ? path.findLastIndex((segment) => typeof segment === 'string') : path.length - 1;
  const key = path[end];
  const parent = valueAt(root, path.slice(0, end));
  if (key !== undefined && typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, key);
}

const unknownKey = (known: readonly string[]): string =>
  known.length === 0 ? 'unknown key.' : `unknown key. Known here: ${[...known].sort().join(', ')}.`;

function describe(issue: Issue, given: unknown): string {
  if (given === undefined) return 'is required.';
  switch (issue.code) {
    case 'invalid_type':
      if (isOwnMessage(issue.message)) return issue.message;
      return `must be ${articleOf(issue.expected)}, not ${kindOf(given)}.`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}.`;
    case 'invalid_union':
      return `must be a decimal string or a number, not ${kindOf(given)}.`;
    case 'too_small':
    case 'too_big':
      return isOwnMessage(issue.message) ? issue.message : describeBound(issue);
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is no name that can stand here.';
    default:
      return isOwnMessage(issue.message) ? issue.message : 'has a value that does not fit.';
  }
}

/** Our own messages end as sentences; the library's do not. */
const isOwnMessage = (message: string): boolean => message.endsWith('.');

function describeBound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}.`;
  return issue.inclusive === false ? `must be more than ${issue.minimum}.` : `must be at least ${issue.minimum}.`;
}

function suggest(issue: Issue, given: unknown): string | null {
  if (issue.code !== 'invalid_value' || typeof given !== 'string') return null;
  return nearest(given, issue.values.map(String));
}

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'a group of keys',
  record: 'a group of keys',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};
const articleOf = (expected: string): string => ARTICLES[expected] ?? expected;

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'a number' : 'true or false';
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, segment) =>
      typeof node === 'object' && node !== null ? Object.getOwnPropertyDescriptor(node, segment)?.value : undefined,
    value,
  );
}

/** The keys that an object at this path may have. */
function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  const [segment, ...rest] = path;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    if (segment === undefined) return Object.keys(inner.shape);
    const member: unknown = inner.shape[segment];
    return member instanceof z.core.$ZodType ? keysAt(member, rest) : [];
  }
  if (segment === undefined) return [];
  if (inner instanceof z.ZodRecord) return keysAt(inner.valueType, rest);
  if (inner instanceof z.ZodArray) return keysAt(inner.element, rest);
  return [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodPipe) return unwrap(schema.out);
  return schema;
}
