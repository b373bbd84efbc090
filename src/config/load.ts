/** The settings in force: the file over the environment, flags over both, or everything that is wrong. */
import { dirname, resolve } from 'node:path';
import { hasCredentials } from './credentials.ts';
import { importApertureEntry, isApertureEntry, refuseApertureSections } from './imports/aperture.ts';
import { type Environment, interpolate, isPlaceholder } from './interpolate.ts';
import { type KnownProvider, type ProviderContext, SIMULATOR_ID } from './known-provider.ts';
import { DEFAULT_LISTEN, isLoopback, type ListenAddress, parseListen } from './listen.ts';
import { type ParsedFile, parseFile } from './parse-file.ts';
import { formatPath, type Path, type Problem, type Report } from './problems.ts';
import { toProviderSettings } from './provider-settings.ts';
import { toPluginSettings, toResponseCacheSettings, toRoutingSettings } from './routing-settings.ts';
import { type FileConfig, fileSchema, providerSchema } from './schema.ts';
import { parseReporting } from './schema-problems.ts';
import type { ProviderSettings, Settings } from './settings.ts';

export type { KnownProvider } from './known-provider.ts';

export interface LoadInput {
  /** Path of the configuration file, or null where there is none. */
  readonly file: string | null;
  /** Its text; needed with `file`. */
  readonly text?: string;
  readonly env: Environment;
  readonly flags: { readonly listen?: string | undefined; readonly data?: string | undefined };
  readonly knownProviders: readonly KnownProvider[];
  readonly builtDialects: readonly string[];
  /** A file of credentials; throws where it cannot be read. Absent where nothing is sent: none is opened or checked then. */
  readonly readText?: (path: string) => string;
}

export type LoadOutcome =
  | {
      readonly ok: true;
      readonly settings: Settings;
      /** What the operator should know though it stops nothing: one line each. */
      readonly notices: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const DEFAULTS = {
  dataDirectory: './data',
  commitAfterMs: 3000,
  clientStallMs: 60_000,
  maxBodyBytes: 52_428_800,
  catalogSource: 'https://models.dev/api.json',
};

export function loadSettings(input: LoadInput): LoadOutcome {
  const problems: Problem[] = [];
  const notices: string[] = [];
  const parse = input.file === null ? null : parseFile(input.file, input.text ?? '');
  if (parse && !parse.ok) return { ok: false, problems: parse.problems };
  const report = createReport(input.file ?? 'environment', parse?.parsed ?? null, problems, notices);
  const top = parse ? readTop(parse.parsed, input, report) : { config: {}, providers: {} };
  const providers =
    input.file === null
      ? providersOfEnvironment(input, notices)
      : providersOfFile(top.providers, input, parse?.parsed, report);
  const settings = assemble(top.config, providers, input, problems, report);
  if (problems.length > 0) return { ok: false, problems: problems.sort(byPlace) };
  return { ok: true, settings, notices };
}

const byPlace = (a: Problem, b: Problem): number =>
  (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0);

interface FileReport extends Report {
  /** Keys of the group at this path about which a problem was told. */
  refusedUnder(path: Path): readonly string[];
}

/** One problem a path: the first says the cause, later ones only its consequences. */
function createReport(origin: string, parsed: ParsedFile | null, problems: Problem[], notices: string[]): FileReport {
  const told = new Map<string, Path>();
  return {
    refusedUnder(path) {
      const isUnder = (other: Path): boolean => path.every((segment, i) => other[i] === segment);
      return [...told.values()].filter(isUnder).flatMap((other) => String(other[path.length] ?? []));
    },
    problem(path, message, suggestion = null) {
      const text = formatPath(path);
      if (told.has(text)) return;
      told.set(text, path);
      problems.push({ origin, position: parsed?.locate(path) ?? null, path: text, message, suggestion });
    },
    notice(path, message) {
      const line = parsed ? `:${parsed.locate(path).line}` : '';
      notices.push(`${origin}${line}: ${formatPath(path)} ${message}`);
    },
  };
}

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Everything but the providers, checked; the providers as they are, checked one by one afterwards. */
function readTop(
  parsed: ParsedFile,
  { env }: LoadInput,
  report: Report,
): { readonly config: Omit<FileConfig, 'providers'>; readonly providers: Tree } {
  if (!isTree(parsed.value)) {
    report.problem([], 'a configuration is a group of keys, beginning with providers.');
    return { config: {}, providers: {} };
  }
  const filled = interpolate(parsed.value, env, report);
  const { providers, ...rest } = refuseApertureSections(isTree(filled) ? filled : {}, report);
  if (providers !== undefined && providers !== null && !isTree(providers)) {
    report.problem(['providers'], 'must be a group of providers by name, not a list or text.');
  }
  return { config: parseReporting(fileSchema, rest, report) ?? {}, providers: isTree(providers) ? providers : {} };
}

function providersOfFile(
  entries: Tree,
  input: LoadInput,
  parsed: ParsedFile | undefined,
  report: FileReport,
): readonly ProviderSettings[] {
  const known = new Map(input.knownProviders.map((provider) => [provider.id, provider]));
  const providers: ProviderSettings[] = [];
  for (const [id, written] of Object.entries(entries)) {
    const path = ['providers', id];
    const { entry, writtenAs, report: own } = toOwnForm(id, written ?? {}, known.get(id) ?? null, input, report);
    const parsedEntry = parseReporting(providerSchema, entry, prefixed(own, path));
    if (parsedEntry === null) continue;
    const line = parsed?.locate(path).line;
    const context: ProviderContext = {
      known,
      builtDialects: input.builtDialects,
      env: input.env,
      report: own,
      refusedKeys: report.refusedUnder(path).map((key) => ownNameOf(key, writtenAs)),
      declaredAt: line === undefined ? null : `${input.file}:${line}`,
      readText: input.readText,
      fromFile: inFolderOf(input.file),
    };
    providers.push(toProviderSettings(id, parsedEntry, context));
  }
  return providers.length > 0 ? providers : [simulator(input)];
}

/** An entry in Aperture's form becomes one of ours; its problems keep pointing at the keys that were written. */
function toOwnForm(
  id: string,
  written: unknown,
  known: KnownProvider | null,
  { builtDialects }: LoadInput,
  report: Report,
): { readonly entry: unknown; readonly writtenAs: Readonly<Record<string, string>>; readonly report: Report } {
  if (!isApertureEntry(written, Object.keys(providerSchema.shape))) return { entry: written, writtenAs: {}, report };
  const path = ['providers', id];
  const context = { knownDialect: known?.dialect ?? null, builtDialects };
  const { entry, writtenAs } = importApertureEntry(written, path, context, report);
  const rename = ([first, second, key, ...rest]: Path): Path =>
    [first, second, typeof key === 'string' ? (writtenAs[key] ?? key) : key, ...rest].filter((x) => x !== undefined);
  return {
    entry,
    writtenAs,
    report: {
      problem: (at, message, suggestion) => report.problem(rename(at), message, suggestion),
      notice: (at, message) => report.notice(rename(at), message),
    },
  };
}

const ownNameOf = (key: string, writtenAs: Readonly<Record<string, string>>): string =>
  Object.entries(writtenAs).find(([, written]) => written === key)?.[0] ?? key;

const prefixed = (report: Report, prefix: Path): Report => ({
  problem: (path, message, suggestion) => report.problem([...prefix, ...path], message, suggestion),
  notice: (path, message) => report.notice([...prefix, ...path], message),
});

/** Keys found in the environment switch their providers on; what stops one is said and stops nothing else. */
function providersOfEnvironment(input: LoadInput, notices: string[]): readonly ProviderSettings[] {
  const { env } = input;
  const known = new Map(input.knownProviders.map((provider) => [provider.id, provider]));
  const providers: ProviderSettings[] = [];
  for (const provider of input.knownProviders) {
    const name = variableThatSwitchesOn(provider, env);
    if (name === undefined) continue;
    const problems: Problem[] = [];
    if (isPlaceholder(env[name] ?? '')) {
      notices.push(`environment: ${name} holds a placeholder, not a key: ${provider.id} stays off.`);
      continue;
    }
    const report = createReport('environment', null, problems, notices);
    const settings = toProviderSettings(provider.id, {}, environmentContext(input, known, report));
    const [problem] = problems;
    if (problem) notices.push(`environment: ${name} is set, but ${provider.id} stays off: ${problem.message}`);
    else providers.push(settings);
  }
  return providers.length > 0 ? providers : [simulator(input)];
}

/** A key or credentials in the environment: the variable that is set. */
function variableThatSwitchesOn({ keyEnv, credentials }: KnownProvider, env: Environment): string | undefined {
  const isSet = (name: string): boolean => Boolean(env[name]?.trim());
  const key = keyEnv.find(isSet);
  if (key !== undefined || !credentials || !hasCredentials(credentials, env)) return key;
  return [...credentials.fileEnv, ...Object.values(credentials.env).flat()].find(isSet);
}

function simulator(input: LoadInput): ProviderSettings {
  const report = createReport('environment', null, [], []);
  return toProviderSettings(SIMULATOR_ID, {}, environmentContext(input, new Map(), report));
}

function environmentContext(
  { env, builtDialects, readText }: LoadInput,
  known: ProviderContext['known'],
  report: Report,
): ProviderContext {
  return { known, builtDialects, env, report, refusedKeys: [], declaredAt: null, readText, fromFile: (path) => path };
}

function assemble(
  config: Omit<FileConfig, 'providers'>,
  providers: readonly ProviderSettings[],
  input: LoadInput,
  problems: Problem[],
  report: Report,
): Settings {
  const { env, flags, file } = input;
  const inFileFolder = inFolderOf(file);
  const listen = chooseListen(config.listen, input, problems, report);
  return {
    file,
    listen,
    dataDirectory:
      flags.data ??
      (config.data === undefined ? envText(env, 'SIGNALBOX_DATA') : inFileFolder(config.data)) ??
      DEFAULTS.dataDirectory,
    databaseUrl: config.database_url ?? envText(env, 'SIGNALBOX_DATABASE_URL') ?? null,
    tls: config.tls ? { certFile: inFileFolder(config.tls.cert), keyFile: inFileFolder(config.tls.key) } : null,
    publicCatalogue: config.public_catalogue ?? isLoopback(listen.host),
    commitAfterMs: config.commit_after_ms ?? DEFAULTS.commitAfterMs,
    clientStallMs: config.client_stall_ms ?? DEFAULTS.clientStallMs,
    maxBodyBytes: config.max_body_bytes ?? DEFAULTS.maxBodyBytes,
    providers,
    aliases: config.aliases ?? {},
    catalog: { source: config.catalog?.source ?? DEFAULTS.catalogSource },
    routing: toRoutingSettings(config.routing, report),
    responseCache: toResponseCacheSettings(config.response_cache),
    plugins: toPluginSettings(config.plugins, report),
  };
}

/** Paths in a file are relative to its folder. */
function inFolderOf(file: string | null): (path: string) => string {
  return (path) => (file === null ? path : resolve(dirname(file), path));
}

/** A variable that is set but empty says nothing. */
const envText = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined;

function chooseListen(
  written: string | undefined,
  { env, flags }: LoadInput,
  problems: Problem[],
  report: Report,
): ListenAddress {
  const text = flags.listen ?? written ?? envText(env, 'SIGNALBOX_LISTEN');
  if (text === undefined) return DEFAULT_LISTEN;
  try {
    return parseListen(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'is no address.';
    if (flags.listen === undefined && written !== undefined) report.problem(['listen'], message);
    else {
      const path = flags.listen === undefined ? 'SIGNALBOX_LISTEN' : '--listen';
      const origin = flags.listen === undefined ? 'environment' : 'command line';
      problems.push({ origin, position: null, path, message, suggestion: null });
    }
    return DEFAULT_LISTEN;
  }
}
