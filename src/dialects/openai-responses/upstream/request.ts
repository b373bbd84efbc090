/**
 * core → wire for the translate lane: the request as this host and this model can take it, with a note for whatever they
 * cannot. Nothing is stored at the host: the whole conversation goes with every request, and what the model thought with it.
 */
import type { CacheControl, ChatRequest, ResponseFormat, Sampling } from '../../../core/chat.ts';
import { isJsonArray, type Json, type MutableJsonObject, objectAt } from '../../../core/json.ts';
import type { Translated } from '../../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../../dialect.ts';
import { tellGateway } from '../../shared/gateway/host.ts';
import { SERVER_TOOL_CHOICE, SERVER_TOOLS } from '../../shared/gateway/server-tools.ts';
import { writeServiceTier } from '../../shared/openai/service-tier-field.ts';
import { BodyWriter } from '../../shared/upstream/body-writer.ts';
import { encodeInput } from './input.ts';
import { ENCRYPTED_REASONING, encodeReasoning, mayReason } from './reasoning.ts';
import { writeTools } from './tools.ts';

const LOGPROBS = 'message.output_text.logprobs';

/** core → wire. @throws GatewayError `client.invalid_request` naming the part that cannot be said (see `unsayable`) */
export function encodeResponsesRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const writer = new BodyWriter(context);
  const { notes, body } = writer;
  body['input'] = encodeInput(request, context, notes);
  writeTools(writer, request);
  writeSampling(writer, request.sampling);
  writeText(writer, request);
  if (request.maxOutputTokens !== undefined) writeLimit(writer, request.maxOutputTokens);
  if (request.reasoning) {
    writer.set('reasoning', encodeReasoning(request.reasoning, request.maxOutputTokens, context, notes));
  }
  writer.set('prompt_cache_key', request.promptCacheKey);
  writer.set('user', request.user);
  writer.set('metadata', request.metadata);
  writeServiceTier(body, request.serviceTier, context, notes);
  writeOptions(writer, request);
  if (request.cacheControl) writeCacheControl(writer, request.cacheControl);
  const asked = [
    ...(mayReason(request.reasoning, context) ? [ENCRYPTED_REASONING] : []),
    ...(request.sampling.logprobs || request.sampling.topLogprobs ? [LOGPROBS] : []),
  ];
  writeStateless(body, asked, context);
  if (request.stream) writeStream(body, context);
  const headers = tellGateway(body, context);
  return { value: { path: '/responses', headers, body }, notes };
}

/** Both lanes: nothing is kept at the host, and what the reply must therefore carry is asked for. */
export function writeStateless(body: MutableJsonObject, asked: readonly string[], { host }: UpstreamContext): void {
  const { rejects } = host.quirks;
  if (!rejects?.includes('store')) body['store'] = false;
  if (asked.length === 0 || rejects?.includes('include')) return;
  const already = isJsonArray(body['include']) ? body['include'] : [];
  body['include'] = [...already, ...asked.filter((member) => !already.includes(member))];
}

/** Both lanes. Usage needs no asking. */
export function writeStream(body: MutableJsonObject, { host }: UpstreamContext): void {
  body['stream'] = true;
  if (host.quirks.obfuscationOption) body['stream_options'] ??= { include_obfuscation: false };
}

/** Both lanes: no higher than the model gives, no lower than the host takes. */
export function writeLimit(writer: BodyWriter, wanted: number): void {
  const { providerName, quirks } = writer.context.host;
  const least = quirks.minOutputTokens ?? 0;
  if (wanted < least) writer.change('max_tokens', `raised from ${wanted} to ${least}, the least ${providerName} takes`);
  writer.set('max_output_tokens', Math.max(writer.withinLimit(wanted), least));
}

/** Parameters that the grammar's owner has no word for, and the value that asks for nothing. */
const MISSING: readonly (readonly [field: string, of: keyof Sampling, neutral: Json | undefined])[] = [
  ['top_k', 'topK', 0],
  ['min_p', 'minP', 0],
  ['top_a', 'topA', 0],
  ['frequency_penalty', 'frequencyPenalty', 0],
  ['presence_penalty', 'presencePenalty', 0],
  ['repetition_penalty', 'repetitionPenalty', 1],
  ['seed', 'seed', undefined],
  ['logit_bias', 'logitBias', undefined],
  ['stop', 'stop', undefined],
  ['n', 'n', 1],
];

/** Their names. */
export const MISSING_FIELDS: readonly string[] = MISSING.map(([field]) => field);

/** Of these the ones that OpenRouter's contract adds to the grammar, for a host that is a gateway too. */
const GATEWAYS_OWN: ReadonlySet<string> = new Set(['top_k', 'frequency_penalty', 'presence_penalty']);

function writeSampling(writer: BodyWriter, sampling: Sampling): void {
  const isGateway = writer.context.host.quirks.gatewayFields !== undefined;
  writer.setRandomness('temperature', sampling.temperature);
  writer.setRandomness('top_p', sampling.topP);
  writer.set('top_logprobs', sampling.topLogprobs);
  for (const [field, of, neutral] of MISSING) {
    const value = sampling[of];
    if (value === undefined || value === neutral) continue;
    if (isGateway && GATEWAYS_OWN.has(field)) writer.set(field, value);
    else writer.drop(field, 'this grammar has no such parameter');
  }
}

function writeText(writer: BodyWriter, { responseFormat, verbosity }: ChatRequest): void {
  const format = responseFormat && encodeFormat(responseFormat, writer);
  if (!format && verbosity === undefined) return;
  writer.set('text', { ...(format && { format }), ...(verbosity !== undefined && { verbosity }) });
}

function encodeFormat(format: ResponseFormat, writer: BodyWriter): Json | undefined {
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema':
      if (writer.context.traits.jsonSchema === false) {
        writer.change('response_format', 'the model takes no JSON schema; it is asked for a JSON object');
        return { type: 'json_object' };
      }
      // A schema is required here; without one any object will do.
      return format.schema ? { ...format } : { type: 'json_object' };
    case 'other':
      if (writer.context.host.quirks.gatewayFields) return format.value;
      writer.drop('response_format', 'this grammar has no such format');
      return undefined;
  }
}

/** Fields that this grammar has, wherever the caller's grammar keeps them. */
const KNOWN_HERE: ReadonlySet<string> = new Set([
  'context_management',
  'include',
  'max_tool_calls',
  'moderation',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'stream_options',
  'truncation',
]);

function writeOptions(writer: BodyWriter, request: ChatRequest): void {
  const { quirks, providerName } = writer.context.host;
  for (const [field, value] of Object.entries(request.options)) {
    if (field === SERVER_TOOLS || field === SERVER_TOOL_CHOICE) continue;
    if (field === 'store') {
      if (value === true) writer.drop(field, 'nothing is stored at the provider');
    } else if (quirks.gatewayFields || KNOWN_HERE.has(field)) writer.set(field, value);
    else writer.drop(field, 'this grammar has no such parameter');
  }
  if (quirks.gatewayFields) writer.set('modalities', request.modalities);
  else if (request.modalities?.some((modality) => modality !== 'text')) {
    writer.drop('modalities', 'this grammar has no such parameter');
  }
  for (const [field, value] of Object.entries(request.extras)) {
    const member = /^reasoning\.(context|mode)$/.exec(field)?.[1];
    if (KNOWN_HERE.has(field)) writer.set(field, value);
    else if (member) writer.body['reasoning'] = { ...objectAt(writer.body, 'reasoning'), [member]: value };
    else writer.drop(field, `nobody here knows ${field}, so it is not translated for ${providerName}`);
  }
}

function writeCacheControl(writer: BodyWriter, cacheControl: CacheControl): void {
  const { quirks, providerName } = writer.context.host;
  if (quirks.cacheControl) writer.set('cache_control', { type: 'ephemeral', ...cacheControl });
  else writer.drop('cache_control', `${providerName} caches prompts by itself`);
}
