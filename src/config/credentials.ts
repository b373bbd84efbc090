/** `credentials` of a provider: what it is signed with in place of a key, from the file or the environment. */
import type { Environment } from './interpolate.ts';
import type { Credentials, KnownCredentials, KnownProvider, ProviderContext } from './known-provider.ts';
import { nearest, type Path } from './problems.ts';
import type { ProviderEntry } from './schema.ts';

/** The entry's own, else the environment's where no key is to be had; undefined = a key or nothing. */
export function findCredentials(
  id: string,
  entry: ProviderEntry,
  known: KnownProvider | null,
  path: Path,
  context: ProviderContext,
): Credentials | undefined {
  const { env, report } = context;
  const scheme = known?.credentials;
  const at = [...path, 'credentials'];
  if (entry.credentials === undefined) {
    const hasKey = entry.api_key ?? entry.api_keys ?? known?.keyEnv.find((name) => env[name]?.trim());
    return scheme && hasKey === undefined && entry.authorization === undefined
      ? ofEnvironment(scheme, path, context)
      : undefined;
  }
  if (!scheme) {
    report.problem(at, `${id} takes a key: write api_key.`);
    return undefined;
  }
  for (const key of ['api_key', 'api_keys'] as const) {
    if (entry[key] !== undefined) report.problem(at, `stands beside ${key}: write the one or the other.`);
  }
  if (entry.authorization !== undefined)
    report.problem([...path, 'authorization'], 'says how a key is sent; with credentials leave it out.');
  const values = ofEntry(entry.credentials, at, context);
  if (!values || !context.readText) return values;
  for (const name of Object.keys(values)) {
    if (scheme.names && !scheme.names.includes(name))
      report.problem([...at, name], 'unknown key.', nearest(name, scheme.names));
  }
  const problem = scheme.problemWith(values);
  if (problem) report.problem(at, problem);
  return values;
}

/** True where the environment alone says so: credentials are there, and beside them what makes them this provider's. */
export function hasCredentials({ env: byName, fileEnv, optInEnv }: KnownCredentials, env: Environment): boolean {
  const isSet = (name: string): boolean => Boolean(env[name]?.trim());
  if (optInEnv && !optInEnv.some(isSet)) return false;
  return fileEnv.some(isSet) || Object.values(byName).some((names) => names.some(isSet));
}

function ofEnvironment(scheme: KnownCredentials, path: Path, context: ProviderContext): Credentials | undefined {
  const { env, report } = context;
  const { optInEnv: _, ...anywhere } = scheme;
  if (!hasCredentials(anywhere, env)) return undefined;
  const variable = scheme.fileEnv.find((name) => env[name]?.trim());
  const values =
    variable === undefined
      ? valuesOf(scheme.env, env)
      : readFile(env[variable]?.trim() ?? '', context, (what) =>
          report.problem(path, `the file of ${variable} ${what}`),
        );
  const problem = values && context.readText && scheme.problemWith(values);
  const origin = variable === undefined ? 'the environment' : `the file of ${variable}`;
  if (problem) report.problem(path, `${origin} ${problem}`);
  return values;
}

function valuesOf(byName: KnownCredentials['env'], env: Environment): Credentials {
  const found: Record<string, string> = {};
  for (const [name, variables] of Object.entries(byName)) {
    const value = variables.map((variable) => env[variable]?.trim()).find(Boolean);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** A group of keys, a file's content, or a file's path. */
function ofEntry(
  written: NonNullable<ProviderEntry['credentials']>,
  at: Path,
  context: ProviderContext,
): Credentials | undefined {
  const { report, fromFile } = context;
  const refuse = (what: string): void => report.problem(at, what);
  if (typeof written !== 'string') return textsOf(written);
  if (written.startsWith('{')) return parse(written, refuse);
  return readFile(fromFile(written), context, refuse);
}

function readFile(
  file: string,
  { readText }: ProviderContext,
  refuse: (what: string) => void,
): Credentials | undefined {
  if (!readText) return {};
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    // The system's code only: what stands in place of a path may be a secret.
    const code = typeof error === 'object' && error !== null && 'code' in error ? ` (${error.code})` : '';
    refuse(`names a file that cannot be read${code}.`);
    return undefined;
  }
  return parse(text, refuse);
}

function parse(text: string, refuse: (what: string) => void): Credentials | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return textsOf(value);
  } catch {
    // Told below: the parser's own words quote the text.
  }
  refuse('holds no JSON object.');
  return undefined;
}

function textsOf(values: object): Credentials {
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
