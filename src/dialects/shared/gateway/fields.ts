/**
 * The fields that ask something of the gateway itself, the same in every client grammar (OpenRouter's API): their schemas, and
 * what they say of a demand.
 */
import { z } from 'zod';
import type { PluginWish } from '../../../core/demand.ts';
import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import { decodePreferences, NO_PREFERENCES, type ProviderPreferences } from '../../../core/preferences.ts';
import { flag, jsonObject } from '../client/wire-schema.ts';

const amount = z.union([z.number().min(0), z.string().regex(/^\d+(\.\d+)?$/, 'a decimal amount in USD')]).nullish();
const percentiles = z
  .union([
    z.number().min(0),
    z.object({
      p50: z.number().nullish(),
      p75: z.number().nullish(),
      p90: z.number().nullish(),
      p99: z.number().nullish(),
    }),
  ])
  .nullish();
const sortKey = z.enum(['price', 'throughput', 'latency', 'exacto']);
const slugs = z.array(z.string()).nullish();

export const providerPreferences = z.object({
  order: slugs,
  only: slugs,
  ignore: slugs,
  allow_fallbacks: flag,
  require_parameters: flag,
  data_collection: z.enum(['allow', 'deny']).nullish(),
  zdr: flag,
  enforce_distillable_text: flag,
  quantizations: slugs,
  sort: z
    .union([sortKey, z.object({ by: sortKey.nullish(), partition: z.enum(['model', 'none']).nullish() })])
    .nullish(),
  max_price: z.object({ prompt: amount, completion: amount, request: amount, image: amount, audio: amount }).nullish(),
  preferred_min_throughput: percentiles,
  preferred_max_latency: percentiles,
});

/** To spread into a request's schema. */
export const gatewayFields = {
  models: z.array(z.string()).nullish(),
  provider: providerPreferences.nullish(),
  route: z.enum(['fallback', 'sort']).nullish(),
  preset: z.string().nullish(),
  plugins: z.array(z.object({ id: z.string(), enabled: flag })).nullish(),
  transforms: z.array(z.string()).nullish(),
  stop_server_tools_when: z.array(z.object({ type: z.string() })).nullish(),
  session_id: z.string().max(256).nullish(),
  trace: jsonObject.nullish(),
  debug: z.object({ echo_upstream_body: flag }).nullish(),
};

/** `model` first, then the rest of `models`. */
export function modelsOf(source: JsonObject): readonly string[] {
  const listed = (arrayAt(source, 'models') ?? []).filter((id): id is string => typeof id === 'string');
  const model = stringAt(source, 'model');
  return model === undefined ? listed : [model, ...listed.filter((id) => id !== model)];
}

/** `provider`, and `route` as the older way to say a part of it. */
export function preferencesOf(source: JsonObject): ProviderPreferences {
  const provider = objectAt(source, 'provider');
  const partition: ProviderPreferences = source['route'] === 'sort' ? { partition: 'none' } : NO_PREFERENCES;
  return { ...partition, ...(provider ? decodePreferences(provider) : NO_PREFERENCES) };
}

const NO_PLUGINS: readonly PluginWish[] = [];

export function pluginsOf(source: JsonObject): readonly PluginWish[] {
  const listed = arrayAt(source, 'plugins');
  if (!listed) return NO_PLUGINS;
  return listed.filter(isJsonObject).map((options) => ({
    id: stringAt(options, 'id') ?? '',
    enabled: options['enabled'] !== false,
    options,
  }));
}
