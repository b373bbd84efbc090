/**
 * Where a provider is called. People paste addresses with and without the version, with a trailing slash, or a whole
 * operation path copied from a document; all of them must end at the right path (a doubled `/v1` is a 404 or 405 that
 * names nothing).
 */
import type { ProviderDefinition } from './provider.ts';

/** What the address rules need: a known host, or only the dialect of the operator's own. */
export type BaseUrlSubject =
  | Pick<ProviderDefinition, 'id' | 'baseUrl' | 'otherHosts' | 'dialect'>
  | { readonly dialect: string; readonly baseUrl?: undefined };

/** The version each grammar's owner uses, for hosts we know nothing about. */
const VERSION_OF_DIALECT: Readonly<Record<string, readonly string[]>> = {
  'openai-chat': ['v1'],
  'openai-responses': ['v1'],
  'anthropic-messages': ['v1'],
  gemini: ['v1beta'],
  cohere: ['v2'],
};

const OPERATION =
  /\/(?:chat\/completions|completions|messages(?:\/count_tokens)?|responses|embeddings|models\/[^/]+:[A-Za-z]+|models)$/;
const VERSION = /^v\d+[a-z0-9]*$/;
const PLACEHOLDER = /\{([a-z_]+)\}/g;

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
    return trimSlashes(fillPlaceholders(subject.baseUrl, settings));
  }
  const url = parseAddress(override);
  const segments = segmentsOf(url.pathname.replace(/\/+$/, '').replace(OPERATION, ''));
  return trimSlashes(`${url.protocol}//${url.host}/${completePath(subject, url.host, segments, settings).join('/')}`);
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
  },
): string {
  const { baseUrl, dialect, settings } = entry;
  // Another grammar lives behind another door of a host (`/anthropic`), which the path of its usual one says nothing about.
  const isOtherDoor = baseUrl !== null && dialect !== null && dialect !== definition?.dialect;
  const subject = definition === null || isOtherDoor ? { dialect: dialect ?? '' } : definition;
  return resolveBaseUrl(subject, baseUrl, settings);
}

/** The values a provider's own address needs, in order. */
export function placeholdersOf(baseUrl: string): readonly string[] {
  return [...baseUrl.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

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
  if (url.search || url.hash) throw new RangeError('base_url takes no query and no fragment');
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
  return withVersion(segments, versionSuffix(own.segments));
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

function fillPlaceholders(text: string, settings: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new RangeError(`settings.${name} is needed for the provider's own address`);
    return value;
  });
}

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');
const trimSlashes = (text: string): string => text.replace(/\/+$/, '');
