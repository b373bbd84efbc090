/** One entry of `plugins[]`, with its options checked. */
import type { PluginWish } from '../core/demand.ts';
import { GatewayError, invalidRequest } from '../core/errors.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Note } from '../core/note.ts';
import type { PluginChoices } from './choices.ts';
import type { WebOptions } from './web/effect.ts';

/** A wish with where it stands. */
export interface PluginEntry extends PluginWish {
  /** `plugins[0]`, or `plugins.defaults[0]` of the configuration. */
  readonly path: string;
  /** False where only the account's defaults ask for it. */
  readonly isRequired: boolean;
}

/** Read where models are chosen. */
const ROUTERS = new Set(['auto-router', 'auto-beta-router', 'pareto-router']);
/** Known, but need something that is not here. */
const UNAVAILABLE = new Set(['moderation', 'fusion', 'web-fetch', 'switchyard-router']);

const MAX_RESULTS = 25;
const DEFAULT_RESULTS = 5;
const MAX_PROMPT_CHARACTERS = 10_000;
const MAX_DOMAINS = 100;

/** What the entry decides; notes say what of it nobody honours. */
export function readChoice(entry: PluginEntry, notes: Note[]): Partial<PluginChoices> {
  const { id, options, path, isRequired } = entry;
  const said = options['enabled'];
  if (said !== undefined && said !== null && typeof said !== 'boolean')
    throw refusal(entry, 'enabled', 'must be true or false');
  switch (id) {
    case 'web':
      return { web: entry.enabled ? readWeb(entry, notes) : null };
    case 'file-parser':
      return { files: entry.enabled ? readFileEngine(entry, notes) : 'native' };
    case 'response-healing':
      noteOthers(entry, [], notes);
      return { healing: entry.enabled ? { field: path, isRequired } : null };
    case 'context-compression':
      noteOthers(entry, ['engine'], notes);
      if (options['engine'] !== undefined && options['engine'] !== 'middle-out')
        throw refusal(entry, 'engine', 'must be middle-out');
      return { compression: entry.enabled ? 'asked' : 'forbidden' };
    default:
      if (entry.enabled && !ROUTERS.has(id)) notes.push(unfulfilled(entry));
      return {};
  }
}

function unfulfilled({ id, path }: PluginEntry): Note {
  const message = UNAVAILABLE.has(id) ? `the plugin ${id} is not available here` : `no plugin is called ${id}`;
  return { code: 'parameter.dropped', field: path, message };
}

// ---- web ----

function readWeb(entry: PluginEntry, notes: Note[]): WebOptions {
  const { options, path, isRequired } = entry;
  noteOthers(entry, ['max_results', 'search_prompt', 'include_domains', 'exclude_domains'], notes);
  const maxResults = options['max_results'] ?? DEFAULT_RESULTS;
  if (typeof maxResults !== 'number' || !Number.isInteger(maxResults) || maxResults < 1 || maxResults > MAX_RESULTS)
    throw refusal(entry, 'max_results', `must be a whole number from 1 to ${MAX_RESULTS}`);
  const searchPrompt = options['search_prompt'] ?? null;
  if (searchPrompt !== null && (typeof searchPrompt !== 'string' || searchPrompt.length > MAX_PROMPT_CHARACTERS))
    throw refusal(entry, 'search_prompt', `must be a text of at most ${MAX_PROMPT_CHARACTERS} characters`);
  return {
    maxResults,
    searchPrompt,
    includeDomains: readDomains(entry, 'include_domains'),
    excludeDomains: readDomains(entry, 'exclude_domains'),
    field: path,
    isRequired,
  };
}

function readDomains(entry: PluginEntry, name: string): readonly string[] {
  const value = entry.options[name] ?? [];
  const domains = isJsonArray(value) ? value.filter(isDomain) : [];
  if (!isJsonArray(value) || domains.length !== value.length || value.length > MAX_DOMAINS)
    throw refusal(entry, name, `must be a list of at most ${MAX_DOMAINS} domains, such as ["example.com"]`);
  return domains;
}

function isDomain(value: Json): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

// ---- files ----

function readFileEngine(entry: PluginEntry, notes: Note[]): PluginChoices['files'] {
  noteOthers(entry, ['pdf'], notes);
  const pdf = entry.options['pdf'] ?? {};
  if (!isJsonObject(pdf)) throw refusal(entry, 'pdf', 'must be an object: {"engine": "pdf-text"}');
  const field = `${entry.path}.pdf.engine`;
  // Names of OpenRouter's engines (its page on PDF inputs).
  switch (pdf['engine']) {
    case undefined:
    case null:
      return 'default';
    case 'native':
      return 'native';
    case 'pdf-text':
      return 'text';
    case 'cloudflare-ai':
      notes.push({ code: 'parameter.changed', field, message: 'the text of PDFs is read here, as with pdf-text' });
      return 'text';
    case 'mistral-ocr':
      throw new GatewayError(
        'gateway.unsupported',
        `${field}: mistral-ocr needs a service that is not part of this gateway. Use pdf-text for PDFs with text in them, or native with a model that takes files.`,
        { field },
      );
    default:
      throw refusal(entry, 'pdf.engine', 'must be native or pdf-text');
  }
}

// ---- any ----

/** Options of the entry that are not honoured here: known ones of another search service, misspelt ones. */
function noteOthers({ options, path, enabled }: PluginEntry, honoured: readonly string[], notes: Note[]): void {
  if (!enabled) return;
  for (const name of Object.keys(options)) {
    if (name === 'id' || name === 'enabled' || honoured.includes(name) || isAbsent(options, name)) continue;
    notes.push({ code: 'parameter.dropped', field: `${path}.${name}`, message: 'this plugin does not use it here' });
  }
}

function isAbsent(options: JsonObject, name: string): boolean {
  return options[name] === undefined || options[name] === null;
}

/** The caller's mistake, or the operator's. */
function refusal({ path, isRequired }: PluginEntry, option: string, message: string): GatewayError {
  const field = `${path}.${option}`;
  if (isRequired) return invalidRequest(field, message);
  return new GatewayError('gateway.unsupported', `${field} in the configuration ${message}.`, { field });
}
