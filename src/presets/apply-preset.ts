/**
 * A request that names a preset becomes the request that it stands for, before anything else reads it.
 * The rules: https://openrouter.ai/docs/guides/features/presets ("Using Presets", "Tools in Presets", "Other Notes").
 */
import { GatewayError, invalidRequest } from '../core/errors.ts';
import {
  emptyJsonObject,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  numberAt,
} from '../core/json.ts';
import { mergeTools } from './merge-tools.ts';
import { type PresetReference, presetReferenceOf, withoutReference } from './reference.ts';
import type { PresetRecord } from './store.ts';

/** What a preset says of the response cache; null: nothing. */
export interface PresetCache {
  readonly enabled: boolean | null;
  readonly ttlSeconds: number | null;
}

export interface Applied {
  /** Names no preset any more, and none of the preset's cache settings. The very body that came where it named none. */
  readonly body: JsonObject;
  /** Null where the request names no preset. */
  readonly presetId: string | null;
  readonly presetSlug: string | null;
  /** The preset's own prompt, whether or not the request's replaced it. */
  readonly systemPrompt: string | null;
  readonly cache: PresetCache;
}

/** Gives a request of some grammar a system prompt, unless it has its own. */
export type PlaceSystemPrompt = (body: JsonObject, systemPrompt: string) => JsonObject;

const NO_CACHE_SETTINGS: PresetCache = { enabled: null, ttlSeconds: null };

/** Fields that say the same: a request that says one overrides the preset's other. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['max_tokens', 'max_completion_tokens'],
  ['reasoning', 'reasoning_effort'],
  ['tool_choice', 'function_call'],
];

/**
 * Fields of the request override the preset's, one by one and whole; `null`, which typed clients send for what is not set,
 * overrides nothing. Tools are united. The model is the one named before `@preset/`, else the preset's.
 * @param find the preset of this slug in the caller's workspace
 * @param place how the grammar of the request says a system prompt; default: chat
 * @throws GatewayError `client.not_found` for a preset that is unknown or not active, `client.invalid_request` where no model is named
 */
export function expandPreset(
  body: JsonObject,
  find: (slug: string) => PresetRecord | undefined,
  place: PlaceSystemPrompt = asSystemMessage,
): Applied {
  const reference = presetReferenceOf(body);
  if (reference === null) {
    return { body, presetId: null, presetSlug: null, systemPrompt: null, cache: NO_CACHE_SETTINGS };
  }
  const preset = activePreset(reference, find);
  const { config, systemPrompt } = preset.designated;
  const merged = merge(config, ownFields(body, config));
  if (!namesModel(merged)) {
    const example = `author/model@preset/${preset.slug}`;
    throw invalidRequest('model', `the preset "${preset.slug}" names no model; name one with it: "${example}"`);
  }
  const enabled = config['cache_enabled'];
  return {
    body: systemPrompt === null ? merged : place(merged, systemPrompt),
    presetId: preset.id,
    presetSlug: preset.slug,
    systemPrompt,
    cache: {
      enabled: typeof enabled === 'boolean' ? enabled : null,
      ttlSeconds: numberAt(config, 'cache_ttl_seconds') ?? null,
    },
  };
}

/**
 * The chat grammar's way. A request that has a system or developer message keeps it alone: the prompt is one of the fields
 * that a request overrides.
 */
export function asSystemMessage(body: JsonObject, systemPrompt: string): JsonObject {
  const { messages } = body;
  if (!isJsonArray(messages) || messages.some(isSystemMessage)) return body;
  return { ...body, messages: [{ role: 'system', content: systemPrompt }, ...messages] };
}

function isSystemMessage(message: Json): boolean {
  return isJsonObject(message) && (message['role'] === 'system' || message['role'] === 'developer');
}

function activePreset(
  { slug, field }: PresetReference,
  find: (slug: string) => PresetRecord | undefined,
): PresetRecord {
  const preset = find(slug);
  if (preset?.status === 'active') return preset;
  const message = preset
    ? `The preset "${slug}" is ${preset.status}. Set its status to active, or use another one.`
    : `There is no preset "${slug.slice(0, 64)}" in this workspace. GET /presets lists those there are.`;
  throw new GatewayError('client.not_found', message, { field });
}

function namesModel({ model, models }: JsonObject): boolean {
  if (model !== undefined && model !== null) return true;
  return isJsonArray(models) ? models.length > 0 : models !== undefined && models !== null;
}

/** The request without its references. */
function ownFields(body: JsonObject, config: JsonObject): JsonObject {
  const own: MutableJsonObject = Object.assign(emptyJsonObject(), body);
  // Of another type it stays, for the grammar's own rules to refuse.
  if (typeof own['preset'] === 'string' || own['preset'] === null) delete own['preset'];
  const { model, models } = body;
  if (typeof model === 'string') own['model'] = withoutReference(model);
  if (isJsonArray(models)) own['models'] = ownModels(models, config);
  return own;
}

/** A first name that is the preset's alone stands for the preset's models. */
function ownModels(models: readonly Json[], config: JsonObject): readonly Json[] {
  const [first, ...others] = models;
  if (typeof first !== 'string') return models;
  const name = withoutReference(first);
  if (name !== undefined) return [name, ...others];
  const { model, models: more } = config;
  return [...(typeof model === 'string' ? [model] : []), ...(isJsonArray(more) ? more : []), ...others];
}

function merge(config: JsonObject, own: JsonObject): JsonObject {
  const merged: MutableJsonObject = Object.assign(emptyJsonObject(), config);
  delete merged['cache_enabled'];
  delete merged['cache_ttl_seconds'];
  const isSaid = (field: string) => own[field] !== undefined && own[field] !== null;
  for (const fields of SYNONYMS) {
    if (fields.some(isSaid)) for (const field of fields) delete merged[field];
  }
  for (const [field, value] of Object.entries(own)) {
    if (!isSaid(field) && (value === undefined || Object.hasOwn(merged, field))) continue;
    const before = merged[field];
    const unites = field === 'tools' && isJsonArray(before) && isJsonArray(value);
    merged[field] = unites ? mergeTools(before, value) : value;
  }
  return merged;
}
