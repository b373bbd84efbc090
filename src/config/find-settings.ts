/** `settings` of a provider: the parts of its own address, from the file, the environment or its credentials. */
import {
  type Credentials,
  isMissing,
  type KnownCredentials,
  type KnownProvider,
  type ProviderContext,
} from './known-provider.ts';
import { nearest, type Path } from './problems.ts';
import type { ProviderEntry } from './schema.ts';

/** Values that the provider's own address needs; where base_url replaces it, only those that a signature names. */
export function findSettings(
  id: string,
  entry: ProviderEntry,
  known: KnownProvider | null,
  credentials: Credentials | undefined,
  path: Path,
  context: ProviderContext,
): Readonly<Record<string, string>> {
  const { env, report } = context;
  const scheme = credentials && known?.credentials;
  const wanted = { ...known?.settings, ...scheme?.settings };
  const found = writtenSettings(id, entry, known, Object.keys(wanted), path, context);
  for (const [name, variables] of Object.entries(wanted)) {
    const value =
      found[name] ??
      variables.map((variable) => env[variable]?.trim()).find(Boolean) ??
      defaultOf(name, scheme, credentials ?? {}, context);
    const isNeeded = isMissing('base_url', entry, context) || scheme?.signedSettings?.includes(name);
    if (value !== undefined) found[name] = value;
    else if (isNeeded && entry.settings?.[name] === undefined) {
      const otherwise = scheme?.signedSettings?.includes(name) ? '' : ', or base_url';
      report.problem(
        path,
        `${id} needs settings.${name}, or ${variables.join(' or ')} in the environment${otherwise}.`,
      );
    }
  }
  return found;
}

function writtenSettings(
  id: string,
  entry: ProviderEntry,
  known: KnownProvider | null,
  names: readonly string[],
  path: Path,
  { report }: ProviderContext,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(entry.settings ?? {})) {
    const at = [...path, 'settings', name];
    if (!names.includes(name)) {
      const isOfCredentials = Object.hasOwn(known?.credentials?.settings ?? {}, name);
      if (isOfCredentials) report.problem(at, 'goes with credentials; an API key has an address without it.');
      else report.problem(at, `${id} has no such setting.`, nearest(name, names));
    } else if (/[/?#@\s]/.test(value)) report.problem(at, 'must be one part of an address.');
    else found[name] = value;
  }
  return found;
}

function defaultOf(
  name: string,
  scheme: KnownCredentials | undefined,
  credentials: Credentials,
  { readText }: ProviderContext,
): string | undefined {
  const { from = [], otherwise } = scheme?.settingDefaults?.[name] ?? {};
  const value = from.map((each) => credentials[each]).find(Boolean) ?? otherwise;
  // The file that would say it is not opened where nothing is sent.
  return value ?? (from.length > 0 && !readText ? 'unread' : undefined);
}
