/** What a request says to the auto-router: the plugin's object, checked. */
import type { PluginWish } from '../../core/demand.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonArray, type Json, type JsonObject } from '../../core/json.ts';
import { compileGlobs, type ModelGlobs } from './model-globs.ts';

export const COST_TIERS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type CostTier = (typeof COST_TIERS)[number];

export interface AutoOptions {
  /** Absent = every model. */
  readonly allowed?: ModelGlobs;
  readonly excluded?: ModelGlobs;
  readonly costTier?: CostTier;
  /** 0–10, deprecated: a ceiling on the price, 10 the cheapest. The tier comes before it. */
  readonly costQualityTradeoff?: number;
  /** Keep to the model of the last answer. */
  readonly pinModel: boolean;
}

export const DEFAULT_AUTO_OPTIONS: AutoOptions = { pinModel: false };

const PLUGIN_IDS: ReadonlySet<string> = new Set(['auto-router', 'auto-beta-router']);
const MOST_PATTERNS = 1024;
const LONGEST_PATTERN = 1024;
const MOST_CHARACTERS = 65_536;
const HIGHEST_TRADEOFF = 10;

/**
 * Options of the request's own plugin, or the defaults where it names none or disables it.
 * @throws GatewayError `client.invalid_request` with the field's path
 */
export function autoOptionsOf(plugins: readonly PluginWish[]): AutoOptions {
  const at = plugins.findIndex(({ id, enabled }) => enabled && PLUGIN_IDS.has(id));
  const plugin = plugins[at];
  return plugin ? parseAutoOptions(plugin.options, `plugins[${at}]`) : DEFAULT_AUTO_OPTIONS;
}

/**
 * @param path of the object, e.g. `plugins[0]`
 * @throws GatewayError `client.invalid_request` with the field's path
 */
export function parseAutoOptions(options: JsonObject, path: string): AutoOptions {
  const allowed = patternsAt(options, path, 'allowed_models');
  const excluded = patternsAt(options, path, 'excluded_models');
  const costTier = tierAt(options, path);
  const costQualityTradeoff = tradeoffAt(options, path);
  return {
    // An empty list of allowed models allows all: who wants none does not ask.
    ...(allowed && allowed.length > 0 && { allowed: compileGlobs(allowed) }),
    ...(excluded && excluded.length > 0 && { excluded: compileGlobs(excluded) }),
    ...(costTier !== undefined && { costTier }),
    ...(costQualityTradeoff !== undefined && { costQualityTradeoff }),
    pinModel: flagAt(options, path, 'pin_model') ?? false,
  };
}

function patternsAt(options: JsonObject, path: string, field: string): readonly string[] | undefined {
  const value = options[field] ?? undefined;
  if (value === undefined) return undefined;
  const here = `${path}.${field}`;
  if (!isJsonArray(value)) throw invalidRequest(here, `expected a list of model patterns, got ${shown(value)}`);
  if (value.length > MOST_PATTERNS) {
    throw invalidRequest(here, `holds ${value.length} patterns; at most ${MOST_PATTERNS} are accepted`);
  }
  const patterns = value.map((pattern, at) => patternOf(pattern, `${here}[${at}]`));
  const characters = patterns.reduce((sum, { length }) => sum + length, 0);
  if (characters > MOST_CHARACTERS) {
    throw invalidRequest(here, `holds ${characters} characters; at most ${MOST_CHARACTERS} are accepted`);
  }
  return patterns;
}

function patternOf(value: Json, path: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw invalidRequest(path, `expected a model pattern such as "author/*", got ${shown(value)}`);
  }
  if (value.length > LONGEST_PATTERN) {
    throw invalidRequest(path, `has ${value.length} characters; at most ${LONGEST_PATTERN} are accepted`);
  }
  return value;
}

function tierAt(options: JsonObject, path: string): CostTier | undefined {
  const value = options['cost_tier'] ?? undefined;
  if (value === undefined) return undefined;
  const tier = COST_TIERS.find((each) => each === value);
  if (tier === undefined) {
    throw invalidRequest(`${path}.cost_tier`, `got ${shown(value)}; accepted: ${COST_TIERS.join(', ')}`);
  }
  return tier;
}

function tradeoffAt(options: JsonObject, path: string): number | undefined {
  const value = options['cost_quality_tradeoff'] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > HIGHEST_TRADEOFF) {
    throw invalidRequest(
      `${path}.cost_quality_tradeoff`,
      `got ${shown(value)}; expected an integer from 0 to ${HIGHEST_TRADEOFF}, or use cost_tier`,
    );
  }
  return value;
}

function flagAt(options: JsonObject, path: string, field: string): boolean | undefined {
  const value = options[field] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidRequest(`${path}.${field}`, `got ${shown(value)}; accepted: true, false`);
}

const MOST_SHOWN = 60;

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
