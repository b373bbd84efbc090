/**
 * The request of the relay lane: the caller's own value with our changes. Unknown fields survive by value; prompts of every
 * kind, echo, suffix and best_of are the host's to answer.
 */
import { emptyJsonObject, type JsonObject } from '../../../core/json.ts';
import type { Note, Translated } from '../../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../../dialect.ts';
import { reasoningFields } from '../../shared/gateway/asked-reasoning.ts';
import { tellGateway } from '../../shared/gateway/host.ts';
import { openNotebook } from '../../shared/notebook.ts';
import { writeServiceTier } from '../../shared/openai/service-tier-field.ts';
import { withQuirks } from '../../shared/upstream/body-quirks.ts';
import { completionsPathOf, streamMembers } from '../upstream/request.ts';
import { GATEWAY_FIELDS, KNOWN_FIELDS, type WireCompletionRequest } from '../wire-types.ts';

const GATEWAY_FIELD_SET: ReadonlySet<string> = new Set(GATEWAY_FIELDS);
const KNOWN_FIELD_SET: ReadonlySet<string> = new Set(KNOWN_FIELDS);
/** OpenRouter's additions to the request, which only another gateway of its contract knows. */
const OUR_FIELDS: ReadonlySet<string> = new Set([...Object.keys(reasoningFields), 'metadata', 'web_search_options']);
const WRITTEN_APART: ReadonlySet<string> = new Set(['model', 'stream', 'stream_options', 'service_tier']);

export function retarget(wire: WireCompletionRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const { host, upstreamModel, traits } = context;
  const { quirks, providerName } = host;
  const notes = openNotebook();
  const tierNotes: Note[] = [];
  const body = emptyJsonObject();
  Object.assign(body, { model: upstreamModel });
  const source: JsonObject = wire;
  for (const field of Object.keys(source)) {
    const value = source[field];
    // A prompt of nothing is one all the same.
    if (WRITTEN_APART.has(field) || value === undefined || (value === null && field !== 'prompt')) continue;
    if (GATEWAY_FIELD_SET.has(field) && !quirks.gatewayFields?.includes(field)) continue;
    if (OUR_FIELDS.has(field) && !quirks.gatewayFields) {
      notes.add('parameter.dropped', field, `${providerName} has no such parameter for completions.`);
    } else if (quirks.refusesUnknownFields && !KNOWN_FIELD_SET.has(field) && !quirks.ownFields?.includes(field)) {
      notes.add('parameter.dropped', field, `${providerName} refuses fields it does not know.`);
    } else body[field] = value;
  }
  const most = traits.maxOutputTokens;
  if (typeof wire.max_tokens === 'number' && most !== undefined && wire.max_tokens > most) {
    notes.add('parameter.changed', 'max_tokens', `Lowered from ${wire.max_tokens} to ${most}, the most it gives.`);
    body['max_tokens'] = most;
  }
  writeServiceTier(body, wire.service_tier ?? undefined, context, tierNotes);
  Object.assign(body, streamMembers(wire.stream === true, context));
  const headers = tellGateway(body, context);
  const value = { path: completionsPathOf(context), headers, body: withQuirks(body, host, notes) };
  return { value, notes: [...notes.notes, ...tierNotes] };
}

/** Whether the host serves this model at its completions path: of some hosts only the oldest models are there. */
export function canRelay({ host, upstreamModel }: UpstreamContext): boolean {
  const { completionsModels } = host.quirks;
  return completionsModels === undefined || completionsModels.includes(upstreamModel);
}
