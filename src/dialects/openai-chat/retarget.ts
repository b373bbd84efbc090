/**
 * The request of the relay lane: the caller's own value, re-serialised with our changes: the model, gateway
 * fields removed, what metering needs added, the host's renames and quirks applied. Unknown fields survive by value.
 */
import { emptyJsonObject, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Note, Translated } from '../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { decodeReasoning } from '../shared/gateway/asked-reasoning.ts';
import { tellGateway } from '../shared/gateway/host.ts';
import { writeServiceTier } from '../shared/openai/service-tier-field.ts';
import { GATEWAY_FIELDS, KNOWN_FIELDS } from './client-decode.ts';
import { encodeReasoning } from './reasoning-request.ts';
import { retargetMessages } from './retarget-messages.ts';
import type { WireChatRequest } from './wire-types.ts';

const GATEWAY_FIELD_SET: ReadonlySet<string> = new Set(GATEWAY_FIELDS);
const KNOWN_FIELD_SET: ReadonlySet<string> = new Set(KNOWN_FIELDS);
const REASONING_FIELDS: ReadonlySet<string> = new Set(['reasoning', 'reasoning_effort', 'include_reasoning']);
const TOOL_FIELDS: ReadonlySet<string> = new Set(['tools', 'tool_choice', 'parallel_tool_calls']);
const LIMIT_FIELDS: ReadonlySet<string> = new Set(['max_tokens', 'max_completion_tokens']);

export function retarget(wire: WireChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const { quirks } = context.host;
  const notes: Note[] = [];
  const body = emptyJsonObject();
  Object.assign(body, quirks.defaults, { model: context.upstreamModel });
  const source: JsonObject = wire;
  // Some clients always send the list; some hosts refuse an empty one, and what says how to use it.
  const isToolless = wire.tools?.length === 0;
  const reasoning = decodeReasoning(wire);
  const isThinking = reasoning?.enabled ?? context.traits.reasoning !== undefined;
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (value === undefined || value === null || key === 'model') continue;
    if (key === 'messages') body['messages'] = retargetMessages(wire.messages, isThinking, context, notes);
    else if (REASONING_FIELDS.has(key) || LIMIT_FIELDS.has(key) || key === 'stream' || key === 'service_tier') continue;
    else if (isToolless && TOOL_FIELDS.has(key)) continue;
    else if (GATEWAY_FIELD_SET.has(key) && !quirks.gatewayFields?.includes(key)) continue;
    else setField(body, key, value, context, notes);
  }
  setOutputLimit(body, wire, context, notes);
  if (reasoning) {
    const asked = encodeReasoning(reasoning, wire.max_completion_tokens ?? wire.max_tokens ?? undefined, context);
    addReasoning(body, asked.value);
    notes.push(...asked.notes);
  }
  writeServiceTier(body, wire.service_tier ?? undefined, context, notes);
  if (wire.stream === true) addStreaming(body, context);
  const headers = tellGateway(body, context);
  return { value: { path: '/chat/completions', headers, body }, notes };
}

/** What else the caller said under the host's own name for it (`thinking.clear_thinking`) stands. */
function addReasoning(body: MutableJsonObject, asked: JsonObject): void {
  for (const key of Object.keys(asked)) {
    const ours = asked[key];
    const theirs = body[key];
    body[key] = isJsonObject(ours) && isJsonObject(theirs) ? { ...theirs, ...ours } : ours;
  }
}

function setField(body: MutableJsonObject, key: string, value: Json, context: UpstreamContext, notes: Note[]): void {
  const { quirks, providerName } = context.host;
  if (quirks.rejects?.includes(key)) {
    notes.push(dropped(key, `${providerName} does not take ${key}`));
    return;
  }
  if (quirks.refusesUnknownFields && !KNOWN_FIELD_SET.has(key) && !quirks.ownFields?.includes(key)) {
    notes.push(dropped(key, `${providerName} refuses fields it does not know`));
    return;
  }
  if (key === 'cache_control' && !quirks.cacheControl) {
    notes.push(dropped(key, `${providerName} caches prompts by itself`));
    return;
  }
  if (key === 'tools') {
    body['tools'] = toolsFor(value, context, notes);
    return;
  }
  if (key === 'temperature' && typeof value === 'number' && value > (quirks.maxTemperature ?? 2)) {
    body[key] = quirks.maxTemperature;
    notes.push({
      code: 'parameter.changed',
      field: key,
      message: `${providerName} takes at most ${quirks.maxTemperature}`,
    });
    return;
  }
  body[quirks.renames?.[key] ?? key] = value;
}

/** The one output limit under the name the host takes, no higher than the model can give. */
function setOutputLimit(body: MutableJsonObject, wire: WireChatRequest, context: UpstreamContext, notes: Note[]): void {
  const wanted = wire.max_completion_tokens ?? wire.max_tokens;
  if (wanted === undefined || wanted === null) return;
  const most = context.traits.maxOutputTokens;
  if (most !== undefined && wanted > most) {
    notes.push({
      code: 'parameter.changed',
      field: wire.max_completion_tokens == null ? 'max_tokens' : 'max_completion_tokens',
      message: `lowered from ${wanted} to ${most}, the most this endpoint gives`,
    });
  }
  const field = context.host.quirks.maxTokensField ?? 'max_tokens';
  body[field] = most === undefined ? wanted : Math.min(wanted, most);
}

/** Usage is always asked for: it is what the bill is made of. */
function addStreaming(body: MutableJsonObject, context: UpstreamContext): void {
  const { quirks } = context.host;
  body['stream'] = true;
  if (quirks.streamOptions === false) return;
  body['stream_options'] = quirks.obfuscationOption
    ? { include_usage: true, include_obfuscation: false }
    : { include_usage: true };
}

function toolsFor(value: Json, context: UpstreamContext, notes: Note[]): Json {
  const { quirks, providerName } = context.host;
  if (!Array.isArray(value) || (quirks.strictTools !== false && quirks.cacheControl)) return value;
  return value.map((tool: Json, i) => {
    if (!isJsonObject(tool)) return tool;
    const { cache_control: cacheControl, ...rest } = tool;
    // Some clients leave the type out, which only some hosts forgive.
    const kept: JsonObject = { type: 'function', ...(quirks.cacheControl ? tool : rest) };
    if (cacheControl !== undefined && !quirks.cacheControl) {
      notes.push(dropped(`tools[${i}].cache_control`, `${providerName} caches prompts by itself`));
    }
    const fn = kept['function'];
    if (quirks.strictTools !== false || !isJsonObject(fn) || fn['strict'] === undefined) return kept;
    const { strict: _, ...loose } = fn;
    notes.push(dropped(`tools[${i}].function.strict`, `${providerName} does not take strict`));
    return { ...kept, function: loose };
  });
}

export function dropped(field: string, message: string): Note {
  return { code: 'parameter.dropped', field, message };
}
