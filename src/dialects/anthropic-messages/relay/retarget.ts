/**
 * The request of the relay lane: the caller's own value, re-serialised with our changes: the model, gateway fields removed,
 * what the model refuses said as it takes it, the host's quirks applied. Unknown fields survive by value.
 */
import {
  emptyJsonObject,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '../../../core/json.ts';
import type { Translated } from '../../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../../dialect.ts';
import { tellGateway } from '../../shared/gateway/host.ts';
import { type Notebook, openNotebook } from '../../shared/notebook.ts';
import { withQuirks } from '../../shared/upstream/body-quirks.ts';
import { decodeTier, GATEWAY_FIELDS, KNOWN_FIELDS } from '../client/decode.ts';
import type { WireMessagesRequest } from '../client/schema.ts';
import { inHostForm } from '../host-form.ts';
import { betaHeader, FAST_MODE_BETA } from '../request/betas.ts';
import { encodeTier } from '../request/tier.ts';
import { DEFAULT_MAX_TOKENS } from '../request.ts';
import { ANTHROPIC_VERSION } from '../wire-types.ts';
import { withoutMarks } from './marks.ts';
import { retargetMessages } from './retarget-messages.ts';
import { retargetThinking } from './retarget-thinking.ts';

const GATEWAY_FIELD_SET: ReadonlySet<string> = new Set(GATEWAY_FIELDS);
/** Written by their own rules below. */
const APART: ReadonlySet<string> = new Set(['model', 'messages', 'max_tokens', 'service_tier', 'speed']);
const SAMPLING: readonly string[] = ['temperature', 'top_p', 'top_k'];
/** Words of OpenAI's grammar that presets are kept in: no host of this one takes them, and the owner refuses what it does not know. */
const CHAT_WORDS: ReadonlySet<string> = new Set([
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'min_p',
  'top_a',
  'seed',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'verbosity',
  'modalities',
]);

export function retarget(wire: WireMessagesRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const { host, traits, betas = [] } = context;
  const { quirks } = host;
  const notes = openNotebook();
  const body = emptyJsonObject();
  body['model'] = context.upstreamModel;
  body['max_tokens'] = outputLimit(wire, context, notes);
  copyFields(body, wire, context, notes);
  body['messages'] = retargetMessages(wire, context, notes);
  retargetThinking(body, wire, traits, notes);
  dropSampling(body, context, notes);
  relaxToolChoice(body, context, notes);
  relaxTools(body, context, notes);
  const tier = encodeTier(decodeTier(wire), context.serviceTier, notes);
  Object.assign(body, wire.speed === 'standard' && { speed: wire.speed }, tier);
  const told = quirks.gatewayFields ? tellGateway(body, context) : {};
  const headers = {
    'anthropic-version': ANTHROPIC_VERSION,
    ...betaHeader([...(tier.speed ? [FAST_MODE_BETA] : []), ...betas]),
    ...told,
  };
  const marked = quirks.cacheControl === false ? withoutMarks(body, host.providerName, notes) : body;
  const request = { path: '/messages', headers, body: withQuirks(marked, host, notes) };
  return { value: inHostForm(request, quirks), notes: notes.notes };
}

function copyFields(body: MutableJsonObject, wire: JsonObject, { host }: UpstreamContext, notes: Notebook): void {
  const { quirks, providerName } = host;
  for (const key of Object.keys(wire)) {
    const value = wire[key];
    if (value === undefined || value === null || APART.has(key)) continue;
    if (GATEWAY_FIELD_SET.has(key) && !quirks.gatewayFields?.includes(key)) continue;
    if (quirks.refusesUnknownFields && !KNOWN_FIELDS.has(key)) {
      notes.add('parameter.dropped', key, `${providerName} refuses fields it does not know.`);
      continue;
    }
    if (CHAT_WORDS.has(key)) notes.add('parameter.dropped', key, `${providerName} has no such parameter.`);
    else body[key] = value;
  }
}

/** The grammar requires a limit; OpenRouter's API does not. */
function outputLimit({ max_tokens: asked }: WireMessagesRequest, { traits }: UpstreamContext, notes: Notebook): number {
  const most = traits.maxOutputTokens;
  if (asked === undefined || asked === null) return most ?? DEFAULT_MAX_TOKENS;
  if (most === undefined || asked <= most) return asked;
  const why = `The model gives at most ${most} tokens; ${asked} was lowered to it.`;
  notes.add('parameter.changed', 'max_tokens', why);
  return most;
}

function dropSampling(body: MutableJsonObject, { traits, host }: UpstreamContext, notes: Notebook): void {
  if (traits.sampling === false) {
    for (const field of SAMPLING) {
      if (body[field] === undefined) continue;
      notes.add('parameter.dropped', field, 'The model takes no sampling parameters.');
      delete body[field];
    }
  }
  const highest = host.quirks.maxTemperature ?? 1;
  const { temperature } = body;
  if (typeof temperature !== 'number' || temperature <= highest) return;
  notes.add('parameter.changed', 'temperature', `The highest is ${highest}; ${temperature} was lowered to it.`);
  body['temperature'] = highest;
}

function relaxToolChoice(body: MutableJsonObject, { traits }: UpstreamContext, notes: Notebook): void {
  const choice = body['tool_choice'];
  if (traits.forcedToolUse !== false || !isJsonObject(choice)) return;
  if (choice['type'] !== 'any' && choice['type'] !== 'tool') return;
  const { name: _, ...kept } = choice;
  body['tool_choice'] = { ...kept, type: 'auto' };
  notes.add('parameter.changed', 'tool_choice', 'The model cannot be forced to use a tool at all; sent as auto.');
}

function relaxTools(body: MutableJsonObject, { traits, host }: UpstreamContext, notes: Notebook): void {
  const { tools } = body;
  if (!Array.isArray(tools)) return;
  // Some clients always send the list; some hosts refuse an empty one, and what says how to use it.
  if (tools.length === 0) {
    delete body['tools'];
    delete body['tool_choice'];
    return;
  }
  if (host.quirks.strictTools !== false && traits.jsonSchema !== false) return;
  body['tools'] = tools.map((tool: Json, at) => {
    if (!isJsonObject(tool) || tool['strict'] !== true) return tool;
    const { strict: _, ...loose } = tool;
    const why = 'The model cannot hold tool arguments to their schema.';
    notes.add('parameter.dropped', `tools[${at}].strict`, why);
    return loose;
  });
}
