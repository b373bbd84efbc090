/**
 * Tailscale Aperture's provider form, accepted as it is (https://tailscale.com/docs/aperture/configuration,
 * https://tailscale.com/docs/aperture/provider-compatibility): `baseurl`, `apikey`, a list of model ids, `authorization`
 * and `compatibility`. It is turned into our own form, so that every later check is the same.
 */
import { nearest, type Path, type Report } from '../problems.ts';

/** A provider entry in our own form, and which key of the file each of its keys came from. */
export interface ImportedEntry {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly writtenAs: Readonly<Record<string, string>>;
}

export interface ApertureContext {
  /** The dialect that a known slug speaks by itself, or null for a name of the operator's own. */
  readonly knownDialect: string | null;
  readonly builtDialects: readonly string[];
}

const KEYS = ['baseurl', 'apikey', 'models', 'name', 'authorization', 'compatibility', 'description', 'cost_basis'];
const OUR_KEYS_TOO = new Set(['name', 'models', 'authorization']);
const WRITTEN_AS = { base_url: 'baseurl', api_key: 'apikey', dialect: 'compatibility' };

/** In order of preference where several are on and none is the provider's own. */
const DIALECT_OF_FLAG: Readonly<Record<string, string>> = {
  openai_chat: 'openai-chat',
  anthropic_messages: 'anthropic-messages',
  gemini_generate_content: 'gemini',
  gemini: 'gemini',
  google_generate_content: 'gemini',
  openai_responses: 'openai-responses',
  bedrock_converse: 'bedrock-converse',
  bedrock_model_invoke: 'bedrock-converse',
};

const UNSUPPORTED_FLAGS: Readonly<Record<string, string>> = {
  google_raw_predict:
    'Claude on Google Cloud (rawPredict) is written as google-vertex with credentials, without base_url.',
};

/** Whole sections of that product which have no counterpart here yet. */
const SECTIONS: Readonly<Record<string, string>> = {
  grants: 'Access grants are not supported yet: every key may use every configured model.',
  temp_grants: 'Access grants are not supported yet: every key may use every configured model.',
  quotas: 'Quotas are not supported yet; a limit can be set on each key.',
  hooks: 'Hooks are not supported yet.',
  exporters: 'Exporters are not supported yet.',
  connectors: 'Connectors are not supported yet.',
  mcp: 'An MCP section is not supported yet.',
};

/** Refuses by name what would otherwise be an unknown key; gives the file without those sections. */
export function refuseApertureSections(
  file: Readonly<Record<string, unknown>>,
  report: Report,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(file).filter(([key]) => {
      const reason = SECTIONS[key];
      if (reason === undefined) return true;
      report.problem([key], `${reason} Remove this section to start without it.`);
      return false;
    }),
  );
}

/** True where an entry is spelt as Aperture's and uses no key of ours that Aperture lacks. */
export function isApertureEntry(
  entry: unknown,
  ourKeys: readonly string[],
): entry is Readonly<Record<string, unknown>> {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false;
  const keys = Object.keys(entry);
  if (!keys.includes('baseurl') && !keys.includes('apikey')) return false;
  return !keys.some((key) => ourKeys.includes(key) && !OUR_KEYS_TOO.has(key));
}

export function importApertureEntry(
  source: Readonly<Record<string, unknown>>,
  path: Path,
  context: ApertureContext,
  report: Report,
): ImportedEntry {
  const entry: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    if (key === 'baseurl') entry.base_url = value;
    else if (key === 'apikey') entry.api_key = value;
    else if (OUR_KEYS_TOO.has(key)) entry[key] = value;
    else if (key === 'cost_basis') report.notice([...path, key], 'is not used: prices come from the catalogue.');
    else if (key === 'description') report.notice([...path, key], 'is not used.');
    else if (key !== 'compatibility') {
      report.problem([...path, key], 'is not supported in an imported provider.', nearest(key, KEYS));
    }
  }
  if (entry.api_key === undefined && context.knownDialect === null) {
    entry.api_key = 'none';
    report.notice([...path, 'apikey'], 'is absent: this host is called without a key.');
  }
  const dialect = chooseDialect(source, [...path, 'compatibility'], context, report);
  if (dialect !== null && dialect !== context.knownDialect) entry.dialect = dialect;
  return { entry, writtenAs: WRITTEN_AS };
}

/** Without a `compatibility` block a known slug speaks its own dialect and any other name OpenAI chat. */
function chooseDialect(
  source: Readonly<Record<string, unknown>>,
  path: Path,
  { knownDialect, builtDialects }: ApertureContext,
  report: Report,
): string | null {
  const flags = source.compatibility;
  if (flags === undefined || flags === null) return knownDialect ?? 'openai-chat';
  if (typeof flags !== 'object' || Array.isArray(flags)) {
    report.problem(path, 'must be a group of flags, as { "openai_chat": true }.');
    return null;
  }
  const on = flagsSwitchedOn(flags, path, report);
  if (on === null) return null;
  if (on.includes('google_generate_content') && (knownDialect !== 'gemini' || source.authorization === 'bearer')) {
    report.problem(
      [...path, 'google_generate_content'],
      'Google Cloud is reached with an API key only: name the provider google-vertex and set authorization to x-goog-api-key. Service accounts are not supported yet.',
    );
    return null;
  }
  const dialects = Object.keys(DIALECT_OF_FLAG).flatMap((flag) =>
    on.includes(flag) ? (DIALECT_OF_FLAG[flag] ?? []) : [],
  );
  if (knownDialect !== null && dialects.includes(knownDialect)) return knownDialect;
  return dialects.find((dialect) => builtDialects.includes(dialect)) ?? dialects[0] ?? null;
}

function flagsSwitchedOn(flags: object, path: Path, report: Report): readonly string[] | null {
  const known = [...Object.keys(DIALECT_OF_FLAG), ...Object.keys(UNSUPPORTED_FLAGS)];
  const on: string[] = [];
  let isSound = true;
  for (const [flag, value] of Object.entries(flags)) {
    if (!known.includes(flag)) report.problem([...path, flag], 'unknown flag.', nearest(flag, known));
    else if (typeof value !== 'boolean') report.problem([...path, flag], 'must be true or false.');
    else if (!value) continue;
    else if (UNSUPPORTED_FLAGS[flag] !== undefined) report.problem([...path, flag], UNSUPPORTED_FLAGS[flag]);
    else {
      on.push(flag);
      continue;
    }
    isSound = false;
  }
  if (!isSound) return null;
  if (on.length > 0) return on;
  report.problem(path, 'must switch on at least one flag.');
  return null;
}
