/**
 * The request of the relay lane: the caller's own value, re-serialised with our changes: the model, gateway fields removed,
 * nothing stored at the host, its renames and quirks applied. Unknown fields survive by value.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { Translated } from '../../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../../dialect.ts';
import { gatewayFields } from '../../shared/gateway/fields.ts';
import { tellGateway } from '../../shared/gateway/host.ts';
import { writeServiceTier } from '../../shared/openai/service-tier-field.ts';
import { BodyWriter } from '../../shared/upstream/body-writer.ts';
import { decodeReasoning } from '../client/decode.ts';
import { wantsEncryptedReasoning } from '../client/include.ts';
import { ENCRYPTED_REASONING, encodeReasoning, mayReason } from '../upstream/reasoning.ts';
import { MISSING_FIELDS, writeLimit, writeStateless, writeStream } from '../upstream/request.ts';
import { responsesFields, type WireResponsesRequest } from '../wire-types.ts';
import { retargetItems, withoutMark } from './retarget-items.ts';

const GATEWAY_FIELDS: ReadonlySet<string> = new Set(Object.keys(gatewayFields));
const KNOWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(responsesFields.shape));
const TOOL_FIELDS: ReadonlySet<string> = new Set(['tools', 'tool_choice', 'parallel_tool_calls']);
/** Of OpenRouter's contract, beside the parameters that the grammar's owner has no word for. */
const GATEWAYS_OWN: ReadonlySet<string> = new Set([...MISSING_FIELDS, 'modalities', 'image_config']);
/** Written below, or said by what a request here cannot ask for. */
const OURS: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'max_output_tokens',
  'reasoning',
  'service_tier',
  'store',
  'background',
  'previous_response_id',
  'conversation',
  'prompt',
]);

export function retarget(wire: WireResponsesRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const { quirks } = context.host;
  const writer = new BodyWriter(context);
  const { body, notes } = writer;
  const source: JsonObject = wire;
  // Some clients always send the list; some hosts refuse an empty one, and what says how to use it.
  const isToolless = wire.tools?.length === 0;
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (value === undefined || value === null || OURS.has(key)) continue;
    if (isToolless && TOOL_FIELDS.has(key)) continue;
    if (key === 'stream_options' && wire.stream !== true) continue;
    if (GATEWAY_FIELDS.has(key) && !quirks.gatewayFields?.includes(key)) continue;
    setField(writer, key, value);
  }
  if (typeof wire.max_output_tokens === 'number') writeLimit(writer, wire.max_output_tokens);
  const reasoning = decodeReasoning(wire.reasoning);
  writer.set('reasoning', reasoningFor(wire, context, writer));
  writeServiceTier(body, wire.service_tier ?? undefined, context, notes);
  const isAsked = wantsEncryptedReasoning(wire) && mayReason(reasoning, context);
  writeStateless(body, isAsked ? [ENCRYPTED_REASONING] : [], context);
  if (wire.stream === true) writeStream(body, context);
  const headers = tellGateway(body, context);
  return { value: { path: '/responses', headers, body }, notes };
}

function setField(writer: BodyWriter, key: string, value: Json): void {
  const { context, notes } = writer;
  const { quirks, providerName } = context.host;
  if (quirks.refusesUnknownFields && !KNOWN_FIELDS.has(key)) {
    writer.drop(key, `${providerName} refuses fields it does not know`);
  } else if (GATEWAYS_OWN.has(key) && !quirks.gatewayFields) {
    if (key !== 'modalities' || !isText(value)) writer.drop(key, 'this grammar has no such parameter');
  } else if (key === 'cache_control' && !quirks.cacheControl) {
    writer.drop(key, `${providerName} caches prompts by itself`);
  } else if ((key === 'temperature' || key === 'top_p') && typeof value === 'number') {
    writer.setRandomness(key, value);
  } else if (key === 'input' && isJsonArray(value)) {
    writer.set(key, retargetItems(value, context, notes));
  } else if (key === 'tools' && isJsonArray(value)) {
    writer.set(
      key,
      value.map((tool, at) => toolFor(tool, `tools[${at}]`, writer)),
    );
  } else writer.set(key, value);
}

function isText(modalities: Json): boolean {
  return isJsonArray(modalities) && modalities.every((modality) => modality === 'text');
}

function toolFor(tool: Json, path: string, { context, notes }: BodyWriter): Json {
  const kept = withoutMark(tool, path, context, notes);
  const { strictTools } = context.host.quirks;
  if (strictTools !== false || !isJsonObject(kept) || kept['strict'] === undefined) return kept;
  const { strict: _, ...loose } = kept;
  const message = `${context.host.providerName} does not take strict`;
  notes.push({ code: 'parameter.dropped', field: `${path}.strict`, message });
  return loose;
}

/** What else the caller said in the grammar's own words stands; OpenRouter's words become an effort that the model takes. */
function reasoningFor(
  wire: WireResponsesRequest,
  context: UpstreamContext,
  writer: BodyWriter,
): JsonObject | undefined {
  const { reasoning } = wire;
  const asked = decodeReasoning(reasoning);
  if (!isJsonObject(reasoning) || context.host.quirks.reasoningStyle === 'reasoning_object')
    return reasoning ?? undefined;
  const { max_tokens: _, enabled: __, exclude: ___, effort: ____, ...kept } = reasoning;
  const encoded = asked && encodeReasoning(asked, wire.max_output_tokens ?? undefined, context, writer.notes);
  if (context.host.quirks.reasoningStyle === 'none') return undefined;
  const effort = encoded?.['effort'];
  return { ...kept, ...(effort !== undefined && { effort }) };
}
