/** Why a body does not fit its schema, said once and plainly, with the field's path. */
import type { z } from 'zod';
import { type GatewayError, invalidRequest } from '../../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json } from '../../../core/json.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * The library stops at the first member that does not fit, as its own `validate` does: without that, a list of a million wrong
 * members gives a million reasons, which are seconds and gigabytes.
 */
const FIRST_REASON = { reportInput: false, abortEarly: true };

/** Whether a value fits; where it does not, with the first reason alone. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.ZodSafeParseResult<z.infer<Schema>> {
  return schema.safeParse(value, FIRST_REASON);
}

/**
 * The slow path, for bad bodies only: the schema is asked again for its reasons.
 * @param otherwise what is said where the schema finds nothing wrong
 * @param at where in the request the checked value stands; absent = it is the body
 */
export function refusalBy(schema: z.ZodType, body: Json, otherwise: string, at = ''): GatewayError {
  const issue = check(schema, body).error?.issues[0];
  if (!issue) return invalidRequest(at || 'body', otherwise);
  const { path, text } = explain(issue, [], body);
  const field = at !== '' && path.length === 0 ? at : `${at}${at && '.'}${pathText(path)}`;
  return invalidRequest(field, text);
}

interface Explanation {
  readonly path: Path;
  readonly text: string;
}

function explain(issue: Issue, base: Path, body: Json): Explanation {
  const path = [...base, ...issue.path];
  const value = valueAt(body, path);
  const accepted = acceptedBy(issue);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative that got furthest into the value is the one the caller meant.
    const inside = issue.errors.flatMap((alternative) => alternative.slice(0, 1));
    const deepest = inside.reduce((best, next) => (reach(next) > reach(best) ? next : best));
    if (reach(deepest) > 0) return explain(deepest, path, body);
  }
  if (value === undefined) return { path, text: accepted ? `required: ${accepted}` : 'required' };
  const got = accepted?.startsWith('"') || issue.code === 'too_big' || issue.code === 'too_small';
  if (accepted) return { path, text: `got ${got ? shown(value) : typeName(value)}; accepted: ${accepted}` };
  return { path, text: issue.message };
}

/** How far an alternative agreed with the value: into its members, or at least about its type. */
function reach(issue: Issue): number {
  if (issue.code === 'invalid_union') {
    const inside = issue.errors.flatMap((alternative) => alternative.slice(0, 1).map(reach));
    return issue.path.length + Math.max(0, ...inside);
  }
  const ofTheRightType = issue.code === 'too_big' || issue.code === 'too_small' || issue.code === 'invalid_format';
  return issue.path.length + (ofTheRightType ? 0.5 : 0);
}

function acceptedBy(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'an integer' : issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(', ');
    case 'invalid_format':
      return issue.message;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_union':
      if (issue.errors.length === 0) return optionsOf(issue);
      return issue.errors.flatMap((alternative) => alternative.slice(0, 1).map(acceptedBy)).join(', or ');
    case 'invalid_key':
      return issue.issues.slice(0, 1).map(acceptedBy).join('');
    case 'custom':
      return issue.message.replace(/^expected /, '');
    default:
      return undefined;
  }
}

/** The known values of a discriminator (`type`, `role`), which the library adds beside its declared members. */
function optionsOf(issue: object): string | undefined {
  if (!('options' in issue) || !Array.isArray(issue.options)) return undefined;
  return issue.options.map((option) => JSON.stringify(option)).join(', ');
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function valueAt(body: Json, path: Path): Json | undefined {
  let value: Json | undefined = body;
  for (const step of path) {
    if (isJsonArray(value)) value = value[Number(step)];
    else if (isJsonObject(value) && typeof step === 'string' && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text ? `.${String(step)}` : String(step);
  }
  return text || 'body';
}

export function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'array';
  return typeof value;
}

/** The value as the caller wrote it, unless it is long: error texts stay short and hold no prompt. */
function shown(value: Json): string {
  if (isJsonArray(value)) return `${value.length} items`;
  if (typeof value === 'string' && value.length > 64) return `${value.length} characters`;
  return isJsonObject(value) ? 'object' : JSON.stringify(value);
}
