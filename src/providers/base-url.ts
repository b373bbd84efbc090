/**
 * Where a provider is called. People paste addresses with and without the version, with a trailing slash, or a whole
 * operation path copied from a document; all of them must end at the right path (a doubled `/v1` is a 404 or 405 that
 * names nothing).
 */
import type { ProviderDefinition } from './provider.ts';

/** What the address rules need: a known host, or only the dialect of the operator's own. */
export type BaseUrlSubject =
  | Pick<ProviderDefinition, 'id' | 'baseUrl' | 'otherHosts' | 'hostBySetting' | 'dialect'>
  | { readonly dialect: string; readonly baseUrl?: undefined };

/** The version each grammar's owner uses, for hosts we know nothing about. */
const VERSION_OF_DIALECT: Readonly<Record<string, readonly string[]>> = {
  'openai-chat': ['v1'],
  'openai-responses': ['v1'],
  'anthropic-messages': ['v1'],
  gemini: ['v1beta'],
  'openai-completions': ['v1'],
  cohere: ['v2'],
  // Its paths begin at the host.
  ollama: [],
};

/** Operations that only one grammar has: elsewhere their names may be part of an address. */
const OWN_OPERATION: Readonly<Record<string, RegExp>> = {
  'bedrock-converse': /\/model\/[^/]+\/(?:converse|invoke)[a-z-]*$/,
  cohere: /\/chat$/,
  // Its paths are whole, and the doors beside them are other grammars'.
  ollama: /\/(?:api(?:\/(?:chat|generate|tags|version))?|v1)$/,
};

const OPERATION =
  /\/(?:chat\/completions|completions|messages(?:\/count_tokens)?|responses|embeddings|models\/[^/]+:[A-Za-z]+|models)$/;
const VERSION = /^v\d+[a-z0-9]*$/;
const PLACEHOLDER = /\{([a-z_]+)\}/g;
/** Where an address has this, the upstream's name of the model is put. */
const MODEL = '{model}';
/** Azure's older addresses have the deployment in the path and the version in the query (`api-version`). */
const DEPLOYMENT = /\/deployments\/[^/]+$/;

/**
 * The address to which a dialect's path is appended: no trailing slash.
 * @param override what the operator wrote, or null for the provider's own address
 * @param settings values for the `{placeholders}` of the provider's address
 * @throws RangeError where the address cannot be built; the message says why
 */
export function resolveBaseUrl(
  subject: BaseUrlSubject,
  override: string | null,
  settings: Readonly<Record<string, string>> = {},
): string {
  if (override === null) {
    if (subject.baseUrl === undefined) throw new RangeError('base_url is needed: this is no known provider');
    return trimSlashes(fillPlaceholders(regional(subject.baseUrl, subject, settings), settings));
  }
  const url = parseAddress(override);
  const path = withoutOperation(decodeModel(url.pathname).replace(/\/+$/, ''), subject.dialect);
  if (path.endsWith('/deployments')) {
    throw new RangeError("base_url lacks the deployment's name behind /deployments: write it, or {model}");
  }
  const segments = segmentsOf(path);
  const completed = DEPLOYMENT.test(path) ? segments : completePath(subject, url.host, segments, settings);
  return trimSlashes(`${url.protocol}//${url.host}/${completed.join('/')}`) + url.search;
}

function withoutOperation(path: string, dialect: string): string {
  const own = OWN_OPERATION[dialect];
  const rest = path.replace(OPERATION, '');
  return own ? rest.replace(own, '') : rest;
}

/** Where a request goes: the grammar's path behind the address, and before its query if it has one. */
export function urlOf(baseUrl: string, path: string, upstreamModel: string): string {
  const address = baseUrl.includes(MODEL) ? baseUrl.replaceAll(MODEL, encodeURIComponent(upstreamModel)) : baseUrl;
  const query = address.indexOf('?');
  if (query < 0) return address + path;
  return address.slice(0, query) + path + (path.includes('?') ? '&' : '?') + address.slice(query + 1);
}

/**
 * The address of one configured provider: its own, or the operator's, completed as the dialect spoken there wants it.
 * @param definition null for a host of the operator's own
 * @throws RangeError where the address cannot be built; the message says why
 */
export function addressOf(
  definition: ProviderDefinition | null,
  entry: {
    readonly baseUrl: string | null;
    /** Null = the definition's. */
    readonly dialect: string | null;
    readonly settings?: Readonly<Record<string, string>>;
    /** Where the host is known to speak this dialect, if it is another than the definition's. */
    readonly doorUrl?: string;
  },
): string {
  const { baseUrl, dialect, settings, doorUrl } = entry;
  const isOtherDoor = dialect !== null && dialect !== definition?.dialect;
  if (baseUrl === null || !isOtherDoor || definition === null) {
    const own = definition && { ...definition, baseUrl: doorUrl ?? definition.baseUrl };
    return resolveBaseUrl(own ?? { dialect: dialect ?? '' }, baseUrl, settings);
  }
  // Another grammar lives behind another door of a host (`/anthropic`), which the path of its usual one says nothing about.
  const { protocol, host } = parseAddress(baseUrl);
  const isDoorsHost = doorUrl !== undefined && isOwnHost(splitTemplate(doorUrl).host, definition.otherHosts, host);
  return isDoorsHost
    ? resolveBaseUrl({ ...definition, baseUrl: doorUrl }, `${protocol}//${host}`, settings)
    : resolveBaseUrl({ dialect }, baseUrl, settings);
}

/** The values a provider's own address needs, in order. */
export function placeholdersOf(baseUrl: string): readonly string[] {
  return [...baseUrl.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** Addresses are shown and logged: names under which a query would carry a key. */
const SECRET = /key|token|secret|sig|auth|pass|code/i;

function parseAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new RangeError('base_url is no address: write it with its scheme, as in https://host/v1');
  }
  // sim:// is answered inside, without a network (sim.ts).
  if (!['http:', 'https:', 'sim:'].includes(url.protocol)) {
    throw new RangeError(`base_url must start with http:// or https://, not ${url.protocol}`);
  }
  if (url.hash) throw new RangeError('base_url takes no fragment');
  if ([...url.searchParams.keys()].some((name) => SECRET.test(name)))
    throw new RangeError('base_url takes no key: put it in api_key');
  if (url.username || url.password)
    throw new RangeError('base_url takes no user name or password: put the key in api_key');
  return url;
}

function completePath(
  subject: BaseUrlSubject,
  host: string,
  segments: readonly string[],
  settings: Readonly<Record<string, string>>,
): readonly string[] {
  if (subject.baseUrl === undefined) return withVersion(segments, VERSION_OF_DIALECT[subject.dialect] ?? []);
  const own = splitTemplate(subject.baseUrl);
  if (isOwnHost(own.host, subject.otherHosts, host)) {
    const completed = completeOwnPath(own.segments, segments, settings);
    if (completed) return completed;
  }
  const suffix = versionSuffix(own.segments).map((segment) => fillPlaceholders(segment, settings));
  return withVersion(segments, suffix);
}

/** On the provider's own host a path that is part of its own (`/`, `/v1` or `/api` of `/api/v1`) means that one. */
function completeOwnPath(
  own: readonly string[],
  given: readonly string[],
  settings: Readonly<Record<string, string>>,
): readonly string[] | null {
  const isPrefix = given.length <= own.length && given.every((segment, i) => isMatch(own[i] ?? '', segment));
  if (isPrefix) {
    return own.map((segment, i) => given[i] ?? fillPlaceholders(segment, settings));
  }
  let matched = 0;
  for (const segment of own) if (segment === given[matched]) matched++;
  return matched === given.length ? own.map((segment) => fillPlaceholders(segment, settings)) : null;
}

/** The address of a region that has a host of its own kind. */
function regional(
  baseUrl: string,
  { hostBySetting: table }: Pick<ProviderDefinition, 'hostBySetting'>,
  settings: Readonly<Record<string, string>>,
): string {
  const host = table?.hosts[settings[table.setting] ?? ''];
  return host === undefined ? baseUrl : baseUrl.replace(/^([a-z]+:\/\/)[^/]+/, `$1${host}`);
}

/** The braces that the address parser has escaped. */
const decodeModel = (path: string): string => path.replaceAll(encodeURI(MODEL), MODEL);

function withVersion(segments: readonly string[], suffix: readonly string[]): readonly string[] {
  return segments.some((segment) => VERSION.test(segment)) ? segments : [...segments, ...suffix];
}

/** What follows the last prefix of a known path, from its version on: `v1` of `/openai/v1`, nothing where it has none. */
function versionSuffix(segments: readonly string[]): readonly string[] {
  const at = segments.findLastIndex((segment) => VERSION.test(segment));
  return at < 0 ? [] : segments.slice(at);
}

function isOwnHost(own: string, others: readonly string[] | undefined, host: string): boolean {
  return [own, ...(others ?? [])].some((template) => {
    const pattern = template.split(PLACEHOLDER).map((part, i) => (i % 2 ? '[a-z0-9.-]+' : RegExp.escape(part)));
    return new RegExp(`^${pattern.join('')}$`, 'i').test(host);
  });
}

const isMatch = (template: string, segment: string): boolean =>
  template === segment || (/^\{[a-z_]+\}$/.test(template) && segment !== '');

function splitTemplate(baseUrl: string): { readonly host: string; readonly segments: readonly string[] } {
  const [, host = '', path = ''] = /^[a-z]+:\/\/([^/]+)(.*)$/.exec(baseUrl) ?? [];
  return { host, segments: segmentsOf(path) };
}

/**
 * A host may be given as an address: vendors' own tools want it so in their variables (`DATABRICKS_HOST`, `WATSONX_URL`).
 * @throws RangeError naming the setting that is missing
 */
export function fillPlaceholders(text: string, settings: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new RangeError(`settings.${name} is needed for the provider's own address`);
    return value.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
  });
}

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');
const trimSlashes = (text: string): string => text.replace(/\/+$/, '');
