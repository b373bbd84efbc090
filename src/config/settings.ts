/**
 * The configuration after parsing: every field has its final type, every `${NAME}` is filled in. What the file may say is
 * in schema.ts; where it may come from, and which source wins, in load.ts.
 */
import type { JsonObject } from '../core/json.ts';
import type { ProviderPreferences } from '../core/preferences.ts';
import type { PriceAxes, PriceOverride } from '../core/pricing.ts';
import type { ServiceTier } from '../core/service-tier.ts';

/** Why a server with `databaseUrl` does not start: never quietly on another database than the operator named. */
export const NO_POSTGRESQL =
  'database_url (or SIGNALBOX_DATABASE_URL) is set, but PostgreSQL is not built into this release; leave it out to use SQLite.';

export interface Settings {
  /** The file these came from, or null where there is none. */
  readonly file: string | null;
  readonly listen: { readonly host: string; readonly port: number };
  readonly dataDirectory: string;
  readonly databaseUrl: string | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Whether catalogue routes answer without a key. */
  readonly publicCatalogue: boolean;
  /** Wait for the first content before answering 200, in ms. */
  readonly commitAfterMs: number;
  /** A client that takes nothing for this long counts as gone, in ms. */
  readonly clientStallMs: number;
  readonly maxBodyBytes: number;
  readonly providers: readonly ProviderSettings[];
  /** Operator's names: alias → public model id. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly catalog: { readonly source: string };
  readonly routing: RoutingSettings;
  readonly responseCache: {
    /** 0 turns it off. */
    readonly maxBytes: number;
    readonly persist: boolean;
  };
  readonly plugins: PluginSettings;
}

export interface RoutingSettings {
  readonly defaults: ProviderPreferences;
  /** By a key's name, label or hash. */
  readonly byKey: ReadonlyMap<string, ProviderPreferences>;
  readonly defaultModel: string | null;
}

export interface PluginSettings {
  /** Where web searches go; null = none is configured, and asking for one is refused. */
  readonly web: {
    readonly baseUrl: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
  } | null;
  /** As in a request's `plugins`. */
  readonly defaults: readonly JsonObject[];
}

export interface ProviderSettings {
  /** The key under `providers`: a known slug, or the operator's own name. */
  readonly id: string;
  /** Where it was said, for `source: file` and refusals: `signalbox.yaml:12`. Null for environment keys. */
  readonly declaredAt: string | null;
  /** Display name; null = the provider's own, or the id. */
  readonly name: string | null;
  /** Null = the known provider's dialect. Checked to be one that is built. */
  readonly dialect: string | null;
  /** More grammars to speak to it; null = those that are known of its own address, none at another. */
  readonly otherDialects: readonly string[] | null;
  /** As written; normalised against the provider's default path by providers/base-url.ts. Null = the provider's own. */
  readonly baseUrl: string | null;
  /** Null = none needed (`api_key: none`). */
  readonly apiKey: string | null;
  /** More keys of the same provider, beside `apiKey`. */
  readonly moreApiKeys: readonly string[];
  /** What requests are signed with, or exchanged for a token, in place of a key: values by name. Absent = a key or none. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Null = the provider's own scheme (bearer for custom ones). */
  readonly authorization: AuthorizationSetting | null;
  /** Values for the `{placeholders}` of the known provider's own address; absent = none. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: TimeoutSettings;
  readonly weight: number;
  readonly onDisconnect: 'cancel' | 'drain' | null;
  readonly quantization: string | null;
  readonly dataPolicy: { readonly training: boolean; readonly retentionDays: number | null } | null;
  /** Null = every catalogue model of the known provider; a list narrows to it and adds what is not in the catalogue. */
  readonly models: readonly ModelSettings[] | null;
}

export type AuthorizationSetting =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'none' };

/** All in ms; DEFAULT_TIMEOUTS has the defaults. */
export interface TimeoutSettings {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly contentIdleMs: number;
  readonly totalMs: number;
}

export const DEFAULT_TIMEOUTS: TimeoutSettings = {
  connectMs: 10_000,
  firstByteMs: 120_000,
  idleMs: 120_000,
  contentIdleMs: 300_000,
  totalMs: 1_800_000,
};

export interface ModelSettings {
  /** Public id. */
  readonly id: string;
  /** The provider's name for it; null = the catalogue's, else the id. */
  readonly upstream: string | null;
  /** The grammar in which the provider serves it; absent = the catalogue's word, else the provider's usual one. */
  readonly dialect?: string;
  readonly name: string | null;
  readonly contextLength: number | null;
  readonly maxOutputTokens: number | null;
  readonly quantization: string | null;
  readonly serviceTier: ServiceTier | null;
  /** Null = the catalogue's word. */
  readonly distillable: boolean | null;
  readonly inputModalities: readonly string[] | null;
  readonly outputModalities: readonly string[] | null;
  readonly supportedParameters: readonly string[] | null;
  /** Replaces the catalogue's prices axis by axis; null = the catalogue's. */
  readonly pricing: PricingSettings | null;
}

export interface PricingSettings {
  readonly axes: Partial<PriceAxes>;
  readonly discount: number | null;
  /** Null = keep the catalogue's conditions. */
  readonly overrides: readonly PriceOverride[] | null;
}
