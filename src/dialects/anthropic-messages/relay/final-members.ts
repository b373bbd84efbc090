/** What a relayed message says at its end: the host's own words, and what was settled. */
import type { FinishReason } from '../../../core/chat.ts';
import { isJsonObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';
import type { SettledUsage } from '../../dialect.ts';
import { isStopWord, stopReasonOf } from '../client/stopping.ts';
import { encodeMessageUsage } from '../client/usage.ts';
import { compactionTokens } from '../usage.ts';

export interface Ended {
  readonly finishReason: FinishReason | null;
  readonly nativeFinishReason: string | null;
}

/** Every member of the newest version is there; what the host said stands, but for words that mean something else. */
export function stopMembers(raw: JsonObject, { finishReason, nativeFinishReason }: Ended): JsonObject {
  const said = stringAt(raw, 'stop_reason');
  const isNew = said !== undefined && !isStopWord(said);
  return {
    stop_reason: isNew ? said : stopReasonOf(finishReason, nativeFinishReason),
    stop_sequence: raw['stop_sequence'] ?? null,
    stop_details: raw['stop_details'] ?? null,
    container: raw['container'] ?? null,
  };
}

/** The counts that were settled, with all else that the host said of its usage. */
export function finalUsage(settled: SettledUsage, raw: JsonObject, serviceTier: string | undefined): JsonObject {
  const ours = encodeMessageUsage(settled, serviceTier);
  // Passes over a conversation that grew too long are billed, but stand apart in this grammar.
  const apart = settled.usage.estimated ? { input: 0, output: 0 } : compactionTokens(raw);
  const ownWord = (key: string): JsonObject => {
    const value = raw[key];
    return value === undefined || value === null ? {} : { [key]: value };
  };
  return {
    ...raw,
    ...ours,
    input_tokens: Math.max(0, (numberAt(ours, 'input_tokens') ?? 0) - apart.input),
    output_tokens: Math.max(0, (numberAt(ours, 'output_tokens') ?? 0) - apart.output),
    output_tokens_details: merged(raw, ours, 'output_tokens_details'),
    cache_creation: merged(raw, ours, 'cache_creation'),
    ...ownWord('server_tool_use'),
    ...ownWord('service_tier'),
    ...ownWord('speed'),
    ...ownWord('inference_geo'),
  };
}

function merged(raw: JsonObject, ours: JsonObject, key: string): JsonObject {
  const own = ours[key];
  return { ...objectAt(raw, key), ...(isJsonObject(own) && own) };
}
