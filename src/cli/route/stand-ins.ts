/**
 * Where only a route is planned nothing is sent, so no secret is needed: variables that a configuration refers to and that are not
 * set get a stand-in. A configuration can then be tested where its keys are not, as in CI.
 */
import type { KnownProvider } from '../../config/load.ts';
import { parseFile } from '../../config/parse-file.ts';
import { isJsonArray, isJsonObject } from '../../core/json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface StandIns {
  readonly env: Environment;
  /** The variables that have one. */
  readonly names: readonly string[];
}

const STAND_IN = 'stand-in';
/** An address that leads nowhere (RFC 2606). */
const ADDRESS = 'http://stand-in.invalid';
/** A reference without a default; `$${` is no reference. */
const REFERENCE = /(?<!\$)\$\{([A-Za-z_]\w*)\}/g;
const ADDRESS_KEYS: readonly string[] = ['base_url', 'baseurl'];
const KEY_KEYS: readonly string[] = ['api_key', 'api_keys', 'apikey', 'credentials'];

/** The environment with stand-ins for what the file needs of it. */
export function withStandIns(
  file: string,
  text: string,
  env: Environment,
  knownProviders: readonly KnownProvider[],
): StandIns {
  const parsed = parseFile(file, text);
  // A broken file is told where it is loaded.
  if (!parsed.ok) return { env, names: [] };
  const isUnset = (name: string): boolean => !env[name]?.trim();
  const added = new Map<string, string>();
  walk(parsed.parsed.value, '', (value, key) => {
    for (const [reference, name = ''] of value.matchAll(REFERENCE)) {
      const isWholeAddress = ADDRESS_KEYS.includes(key) && value.trim() === reference;
      if (isUnset(name) && !added.has(name)) added.set(name, isWholeAddress ? ADDRESS : STAND_IN);
    }
  });
  for (const name of impliedVariables(parsed.parsed.value, knownProviders, isUnset)) added.set(name, STAND_IN);
  return { env: { ...env, ...Object.fromEntries(added) }, names: [...added.keys()].sort() };
}

function walk(value: unknown, key: string, onText: (text: string, key: string) => void): void {
  if (typeof value === 'string') onText(value, key);
  else if (isJsonArray(value)) for (const item of value) walk(item, key, onText);
  else if (isJsonObject(value)) for (const [name, member] of Object.entries(value)) walk(member, name, onText);
}

/** Those of known providers that the file names without a key, or without a part of their address. */
function impliedVariables(
  value: unknown,
  knownProviders: readonly KnownProvider[],
  isUnset: (name: string) => boolean,
): readonly string[] {
  const providers = isJsonObject(value) ? value['providers'] : undefined;
  if (!isJsonObject(providers)) return [];
  return knownProviders.flatMap(({ id, keyEnv, settings = {} }) => {
    if (!Object.hasOwn(providers, id)) return [];
    const written = providers[id];
    const entry = isJsonObject(written) ? written : {};
    const own = isJsonObject(entry['settings']) ? entry['settings'] : {};
    const parts = Object.entries(settings).flatMap(([name, variables]) => (own[name] === undefined ? [variables] : []));
    const needed = KEY_KEYS.some((key) => entry[key] !== undefined) ? parts : [keyEnv, ...parts];
    return needed.flatMap((variables) => (variables.every(isUnset) ? variables.slice(0, 1) : []));
  });
}
