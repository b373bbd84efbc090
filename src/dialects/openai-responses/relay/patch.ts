/** A response object of the relay lane: the host's, under our id and model, with every member that clients expect. */
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  objectAt,
} from '../../../core/json.ts';
import type { RelayContext, SettledUsage } from '../../dialect.ts';
import { tierServed } from '../../shared/gateway/service-tier.ts';
import { responseBase } from '../client/response-object.ts';
import { encodeUsage } from '../shared/response-usage.ts';
import { sealedItem } from '../shared/sealed-items.ts';
import type { WireResponsesRequest } from '../wire-types.ts';

/**
 * @param said the items that were told as done: hosts have been seen to leave them out of the finished response, and some
 * clients read nothing else
 */
export function patchResponse(
  raw: JsonObject,
  context: RelayContext<WireResponsesRequest>,
  said: readonly Json[] = [],
): JsonObject {
  const base = responseBase(context.wire, context.head);
  const patched: MutableJsonObject = { ...base };
  for (const key of Object.keys(raw)) {
    const value = raw[key];
    if (value !== undefined && isTaken(value, base[key])) patched[key] = value;
  }
  const output = (arrayAt(raw, 'output') ?? []).filter(isJsonObject);
  const tier = raw['service_tier'];
  return {
    ...patched,
    id: base['id'],
    model: base['model'],
    created_at: base['created_at'],
    // The host was told another name of the user.
    user: base['user'],
    safety_identifier: base['safety_identifier'],
    ...(typeof tier === 'string' && { service_tier: tierServed(tier) }),
    output: output.length > 0 ? output.map((item) => sealedItem(item, context.host)) : said,
    usage: null,
  };
}

/** Clients refuse null, or another type, where something is expected; where nothing is, null says nothing. */
function isTaken(theirs: Json, expected: Json | undefined): boolean {
  if (theirs === null) return expected === null;
  if (isJsonArray(expected)) return isJsonArray(theirs);
  return !isJsonObject(expected) || isJsonObject(theirs);
}

/** The same response once it is settled; what else the host counts stays. */
export function withSettled(patched: JsonObject, raw: JsonObject, settled: SettledUsage): JsonObject {
  const theirs = objectAt(raw, 'usage') ?? {};
  const usage: MutableJsonObject = { ...theirs, ...encodeUsage(settled) };
  for (const member of ['input_tokens_details', 'output_tokens_details']) {
    const ours = usage[member];
    if (isJsonObject(ours)) usage[member] = { ...objectAt(theirs, member), ...ours };
  }
  return { ...patched, usage, ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }) };
}
