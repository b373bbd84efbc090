/** What configuration knows of the providers, and the place an entry is checked in. */
import type { Environment } from './interpolate.ts';
import { nearest, type Report } from './problems.ts';
import type { ProviderEntry } from './schema.ts';
import type { AuthorizationSetting } from './settings.ts';

/** What configuration must know of a provider file; a provider definition fits. */
export interface KnownProvider {
  readonly id: string;
  readonly dialect: string;
  readonly doors?: readonly { readonly dialect: string }[];
  readonly keyEnv: readonly string[];
  readonly settings?: Readonly<Record<string, readonly string[]>>;
  readonly authorize: AuthorizationSetting;
  /** What may stand in for a key. */
  readonly credentials?: KnownCredentials;
}

/** What configuration must know of a provider's credentials; a provider's scheme fits. */
export interface KnownCredentials {
  readonly described: string;
  readonly env: Readonly<Record<string, readonly string[]>>;
  readonly fileEnv: readonly string[];
  readonly optInEnv?: readonly string[];
  readonly names?: readonly string[];
  readonly settings?: Readonly<Record<string, readonly string[]>>;
  readonly settingDefaults?: Readonly<
    Record<string, { readonly from: readonly string[]; readonly otherwise?: string }>
  >;
  readonly signedSettings?: readonly string[];
  problemWith(values: Credentials): string | null;
}

export type Credentials = Readonly<Record<string, string>>;

/** The built-in simulated provider: needs no key and speaks every dialect at its own address. */
export const SIMULATOR_ID = 'sim';

export interface ProviderContext {
  readonly known: ReadonlyMap<string, KnownProvider>;
  readonly builtDialects: readonly string[];
  readonly env: Environment;
  readonly report: Report;
  /** Keys of the entry that were refused already: that they are absent now is no news. */
  readonly refusedKeys: readonly string[];
  /** `signalbox.yaml:12`. */
  readonly declaredAt: string | null;
  /** A file of credentials, as text; throws where it cannot be read. Absent where nothing is sent: none is opened then. */
  readonly readText?: ((path: string) => string) | undefined;
  /** A path as the configuration names it → as this process does. */
  readonly fromFile: (path: string) => string;
}

/** True where the key is absent and was not merely misspelt or refused. */
export function isMissing(
  key: 'base_url' | 'api_key' | 'models' | 'dialect' | 'settings',
  entry: ProviderEntry,
  context: ProviderContext,
) {
  if (key === 'dialect' && entry.dialects) return false;
  return entry[key] === undefined && !context.refusedKeys.some((refused) => nearest(refused, [key]) !== null);
}
