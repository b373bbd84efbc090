/** A host as data around a dialect: one file of at most 40 lines each, listed by the generated registry. */
import type { WholeKind } from '../core/exchange-kind.ts';
import type { HostQuirks, UsageSemantics } from '../dialects/host.ts';
import type { CredentialScheme, CredentialUse } from './auth/scheme.ts';

export interface ProviderDefinition {
  /** OpenRouter's slug, e.g. `google-ai-studio`. The file's name. */
  readonly id: string;
  /** Display name on the wire, e.g. `Google AI Studio`. */
  readonly name: string;
  /** Address up to and with the version segment: `https://api.openai.com/v1`. `{NAME}` is filled from `settings`. */
  readonly baseUrl: string;
  /** More hosts that serve the same paths (another region's domain): an override there is completed as one on `baseUrl`'s host. */
  readonly otherHosts?: readonly string[];
  /** Values of one setting with which the host is another: a cloud's `global` location has none in its name. */
  readonly hostBySetting?: { readonly setting: string; readonly hosts: Readonly<Record<string, string>> };
  /** Id of the dialect spoken by default. */
  readonly dialect: string;
  /**
   * More grammars that the host speaks. A caller of one of them is relayed there as it wrote, and what only such a grammar
   * serves is asked in it; everybody else is translated to `dialect`. Off where the operator writes another address, unless
   * he lists them (`dialects`).
   */
  readonly doors?: readonly Door[];
  /**
   * How it is asked kinds of one whole answer, and whether it holds conversations at all. Absent = as usual for its dialect
   * (`usualWhole`), false = not.
   */
  readonly kinds?: ProviderKinds;
  /** Environment variables that may hold the key; the first one set wins. */
  readonly keyEnv: readonly string[];
  /** More values the address needs, by placeholder → environment variables: `{ resource: ['AZURE_RESOURCE_NAME'] }`. */
  readonly settings?: Readonly<Record<string, readonly string[]>>;
  /** How a key is sent. */
  readonly authorize: AuthScheme;
  /** Credentials that may stand in for a key. */
  readonly credentials?: CredentialScheme;
  /** Sent with every request. `{NAME}` is filled as in `baseUrl`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly usage: UsageSemantics;
  /** What happens upstream when the caller goes away. */
  readonly onDisconnect: 'cancel' | 'drain';
  readonly quirks: HostQuirks;
  readonly policy: DataPolicy;
  /** Absent where the host documents nothing (`promptCacheOf`). */
  readonly promptCache?: PromptCache;
  /** True where any unknown `author/slug` may be sent on unchanged (an aggregator). */
  readonly takesAnyModel?: boolean;
  /** True where a query after the model's name (`sim/echo?cut=120`) is part of what the provider is sent. */
  readonly takesModelQuery?: boolean;
  /** For `GET /providers`. */
  readonly links?: {
    readonly privacyPolicy?: string;
    readonly termsOfService?: string;
    readonly statusPage?: string;
  };
}

export type ProviderKinds = { readonly [Kind in WholeKind]?: WholeAccess | string | false } & {
  readonly chat?: false;
};

/** How a kind is asked: the id of its grammar (`dialects/embeddings`, `rerank`, `moderation`), and what differs there. */
export interface WholeAccess {
  readonly dialect: string;
  /** Absent = the provider's own. */
  readonly baseUrl?: string;
  /** Those of its conversations are about another grammar. */
  readonly quirks?: HostQuirks;
}

/** Another grammar of a host, and what differs there. */
export interface Door {
  readonly dialect: string;
  /**
   * Beginnings of the public ids that are served here, besides models whose catalogue row names this grammar. Absent = all of
   * the provider's models; [] = only those rows. Of several doors of one grammar the first that serves a model is its own.
   */
  readonly models?: readonly string[];
  /** Absent = the provider's own. */
  readonly baseUrl?: string;
  /** True where a key opens it not: only the provider's credentials. */
  readonly needsCredentials?: boolean;
  /** What is done with credentials here. Absent = as the provider's. */
  readonly use?: CredentialUse;
  /** Absent = what the grammar's owner wants (`authorizationOfDialect`). */
  readonly authorize?: AuthScheme;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent = how the grammar's owner counts. */
  readonly usage?: UsageSemantics;
  readonly quirks?: HostQuirks;
}

export type AuthScheme =
  | { readonly kind: 'bearer' }
  /** The key as it is in a header of its own: `x-api-key`, `x-goog-api-key`, `api-key`. */
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'none' };

/** How long a host keeps a prompt that it then charges less for: how long a conversation does well to stay there. */
export interface PromptCache {
  /** Since its last use, as far as the host commits itself; it may be longer. */
  readonly lifeMs: number;
  /** Where the caller asks for the longer life (`ttl: "1h"`). */
  readonly lifeMsLong?: number;
  /** `automatic`: whatever is long enough is written, unasked. `marked`: only what carries a mark. */
  readonly writes: 'automatic' | 'marked';
}

export interface DataPolicy {
  /** Whether prompts may train models. Unknown counts as yes. */
  readonly training: boolean;
  /** Days prompts are kept; 0 = none; null = unknown or unbounded. */
  readonly retentionDays: number | null;
  /** ISO 3166 alpha-2, or null. */
  readonly headquarters: string | null;
}

export const MINUTE_MS = 60_000;

/** The least that hosts which name a time promise; most of the others say only that they cache by themselves. */
const UNDOCUMENTED_CACHE: PromptCache = { lifeMs: 5 * MINUTE_MS, writes: 'automatic' };

/** @param definition undefined = a host of the operator's own */
export function promptCacheOf(definition: Pick<ProviderDefinition, 'promptCache'> | undefined): PromptCache {
  return definition?.promptCache ?? UNDOCUMENTED_CACHE;
}

export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  return definition;
}

/** What tells one server on the operator's own machine from another. */
type LocalServer = Pick<ProviderDefinition, 'id' | 'name' | 'baseUrl'> &
  Partial<Pick<ProviderDefinition, 'doors' | 'kinds' | 'usage' | 'quirks'>>;

/**
 * A server on the operator's own machine, at its usual port: no key, prompts stay there, and closing the connection frees it.
 * Where nothing else is known, it has OpenAI's completions beside its chat, and a reply itself decides whether reasoning is inside.
 */
export function defineLocalServer({ quirks, ...server }: LocalServer): ProviderDefinition {
  return {
    doors: [{ dialect: 'openai-completions', authorize: { kind: 'none' } }],
    usage: { cachedInput: 'inside-input', reasoning: 'by-total', reportsCost: false },
    ...server,
    dialect: 'openai-chat',
    keyEnv: [],
    authorize: { kind: 'none' },
    onDisconnect: 'cancel',
    quirks: { strictTools: false, ...quirks },
    policy: { training: false, retentionDays: 0, headquarters: null },
  };
}
