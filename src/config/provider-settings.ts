/** One entry under `providers` to its settings: what the schema cannot know (known slugs, dialects, keys). */
import { checkDialect, checkModelDialects, checkOtherDialects } from './check-dialects.ts';
import { findCredentials } from './credentials.ts';
import { findSettings } from './find-settings.ts';
import { isPlaceholder } from './interpolate.ts';
import { isMissing, type KnownProvider, type ProviderContext, SIMULATOR_ID } from './known-provider.ts';
import { toPricingSettings } from './pricing.ts';
import { nearest, type Path, type Report } from './problems.ts';
import type { ModelEntry, ProviderEntry } from './schema.ts';
import { type AuthorizationSetting, DEFAULT_TIMEOUTS, type ModelSettings, type ProviderSettings } from './settings.ts';

export function toProviderSettings(id: string, entry: ProviderEntry, context: ProviderContext): ProviderSettings {
  const path: Path = ['providers', id];
  const { report } = context;
  const known = context.known.get(id) ?? null;
  checkName(id, entry, known, path, context);
  const [first = entry.dialect, ...others] = entry.dialects ?? [];
  const dialect = first !== undefined && first !== known?.dialect ? first : null;
  checkDialect(entry, dialect, known, path, context);
  checkOtherDialects(entry, others, known, path, context);
  checkModelDialects(entry, known, path, context);
  const wrongAddress = entry.base_url === undefined ? null : addressProblem(entry.base_url);
  if (wrongAddress) report.problem([...path, 'base_url'], wrongAddress);
  const [firstKey, ...moreApiKeys] = listedKeys(entry, path, report);
  const credentials = findCredentials(id, entry, known, path, context);
  const apiKey = firstKey ?? (credentials || entry.credentials ? null : findApiKey(id, entry, known, path, context));
  for (const [name, value] of Object.entries(entry.headers ?? {})) {
    if (/auth|key|token|secret/i.test(name) && isPlaceholder(value.replace(/^bearer /i, '')))
      report.problem([...path, 'headers', name], placeholderProblem());
  }
  return {
    id,
    declaredAt: context.declaredAt,
    name: entry.name ?? null,
    dialect,
    otherDialects: entry.dialects ? others : null,
    baseUrl: entry.base_url ?? null,
    apiKey,
    moreApiKeys,
    ...(credentials && { credentials }),
    authorization: chooseAuthorization(entry, known, dialect, apiKey, context),
    settings: findSettings(id, entry, known, credentials, path, context),
    headers: entry.headers ?? {},
    timeouts: {
      connectMs: entry.timeouts?.connect_ms ?? DEFAULT_TIMEOUTS.connectMs,
      firstByteMs: entry.timeouts?.first_byte_ms ?? DEFAULT_TIMEOUTS.firstByteMs,
      idleMs: entry.timeouts?.idle_ms ?? DEFAULT_TIMEOUTS.idleMs,
      contentIdleMs: entry.timeouts?.content_idle_ms ?? DEFAULT_TIMEOUTS.contentIdleMs,
      totalMs: entry.timeouts?.total_ms ?? DEFAULT_TIMEOUTS.totalMs,
    },
    weight: entry.weight ?? 1,
    onDisconnect: entry.on_disconnect ?? null,
    quantization: entry.quantization ?? null,
    dataPolicy: entry.data_policy
      ? { training: entry.data_policy.training, retentionDays: entry.data_policy.retention_days ?? null }
      : null,
    models: entry.models ? toModels(entry.models, [...path, 'models'], report) : null,
  };
}

const placeholderProblem = (variable = 'NAME'): string =>
  `holds a placeholder, not a key. Put the key here, or write \${${variable}} and set that variable.`;

function checkName(
  id: string,
  entry: ProviderEntry,
  known: KnownProvider | null,
  path: Path,
  context: ProviderContext,
) {
  if (known || id === SIMULATOR_ID) return;
  const { report } = context;
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(id)) {
    report.problem(path, "a provider's name is letters, digits, dots, hyphens and underscores.");
  } else if (isMissing('base_url', entry, context)) {
    const suggestion = nearest(id, [...context.known.keys(), SIMULATOR_ID]);
    report.problem(path, 'is no known provider; a host of your own needs base_url and dialect.', suggestion);
  } else if (isMissing('models', entry, context)) {
    report.problem(path, 'needs models: nothing is known of what a host of your own serves.');
  }
}

/** Addresses are shown and logged: names under which a query would carry a key. */
const SECRET = /key|token|secret|sig|auth|pass|code/i;

/** What is wrong with an address, or null. */
function addressProblem(text: string): string | null {
  if (/[<>]/.test(text)) return 'holds a placeholder; put the real address here.';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) return 'is no address: write it with its scheme, as in https://host/v1.';
  // sim:// is answered inside, without a network (providers/sim.ts).
  if (!['http:', 'https:', 'sim:'].includes(url.protocol)) return 'must start with http:// or https://.';
  if (url.username || url.password) return 'takes no user name or password: put the key in api_key.';
  if ([...url.searchParams.keys()].some((name) => SECRET.test(name))) return 'takes no key: put it in api_key.';
  return url.hash ? 'takes no fragment.' : null;
}

/** `api_keys`, where the file has several. */
function listedKeys({ api_key: one, api_keys: many }: ProviderEntry, path: Path, report: Report): readonly string[] {
  if (!many) return [];
  if (one !== undefined) report.problem([...path, 'api_keys'], 'stands beside api_key: write the one or the other.');
  many.forEach((key, i) => {
    if (isPlaceholder(key)) report.problem([...path, 'api_keys', i], placeholderProblem());
    else if (many.indexOf(key) < i) report.problem([...path, 'api_keys', i], 'is listed twice.');
  });
  return many;
}

/** The file's key; for a known provider that says none, the environment's. */
function findApiKey(
  id: string,
  entry: ProviderEntry,
  known: KnownProvider | null,
  path: Path,
  context: ProviderContext,
): string | null {
  const { env, report } = context;
  if (entry.api_key !== undefined) {
    if (entry.api_key.toLowerCase() === 'none') return null;
    if (isPlaceholder(entry.api_key)) report.problem([...path, 'api_key'], placeholderProblem(known?.keyEnv[0]));
    return entry.api_key;
  }
  if (id === SIMULATOR_ID || entry.authorization === 'none' || known?.authorize.kind === 'none') return null;
  const name = known?.keyEnv.find((candidate) => env[candidate]?.trim());
  const value = name === undefined ? undefined : env[name]?.trim();
  if (value === undefined) {
    if (!isMissing('api_key', entry, context)) return null;
    const variables = known?.keyEnv.length ? `, or ${known.keyEnv.join(' or ')} in the environment` : '';
    const otherwise = known?.credentials ? `, or ${known.credentials.described}` : '';
    report.problem(
      path,
      `${id} needs api_key${variables}${otherwise}. Write api_key: none where the host takes no key.`,
    );
    return null;
  }
  if (isPlaceholder(value)) report.problem(path, `the environment variable ${name} holds a placeholder, not a key.`);
  return value;
}

/** Null keeps the provider's own scheme. A host of the operator's own gets what hosts of its dialect take. */
function chooseAuthorization(
  entry: ProviderEntry,
  known: KnownProvider | null,
  dialect: string | null,
  apiKey: string | null,
  context: ProviderContext,
): AuthorizationSetting | null {
  const written = entry.authorization?.toLowerCase();
  if (written === 'bearer' || written === 'none') return { kind: written };
  if (written !== undefined) return { kind: 'header', name: written };
  if (apiKey === null) return known ? null : { kind: 'none' };
  if (known && dialect === null) return known.authorize.kind === 'none' ? { kind: 'bearer' } : null;
  return usualScheme(dialect, context.known);
}

/** What most known hosts of a dialect take. */
function usualScheme(dialect: string | null, known: ReadonlyMap<string, KnownProvider>): AuthorizationSetting {
  const votes = new Map<string, { readonly scheme: AuthorizationSetting; readonly count: number }>();
  for (const { dialect: spoken, authorize } of known.values()) {
    if (spoken !== dialect || authorize.kind === 'none') continue;
    const name = authorize.kind === 'header' ? authorize.name : '';
    votes.set(name, { scheme: authorize, count: (votes.get(name)?.count ?? 0) + 1 });
  }
  return [...votes.values()].sort((a, b) => b.count - a.count)[0]?.scheme ?? { kind: 'bearer' };
}

function toModels(entries: readonly ModelEntry[], path: Path, report: Report): readonly ModelSettings[] {
  const seen = new Set<string>();
  return entries.map((entry, i) => {
    // A model may be offered in several tiers: each is an endpoint of its own.
    const offered = entry.service_tier ? `${entry.id} (${entry.service_tier})` : entry.id;
    if (seen.has(offered)) report.problem([...path, i], `${offered} is listed twice.`);
    seen.add(offered);
    return {
      id: entry.id,
      upstream: entry.upstream ?? null,
      ...(entry.dialect !== undefined && { dialect: entry.dialect }),
      name: entry.name ?? null,
      contextLength: entry.context_length ?? null,
      maxOutputTokens: entry.max_output_tokens ?? null,
      quantization: entry.quantization ?? null,
      serviceTier: entry.service_tier ?? null,
      distillable: entry.distillable ?? null,
      inputModalities: entry.input_modalities ?? null,
      outputModalities: entry.output_modalities ?? null,
      supportedParameters: entry.supported_parameters ?? null,
      pricing: entry.pricing ? toPricingSettings(entry.pricing, [...path, i, 'pricing'], report) : null,
    };
  });
}
