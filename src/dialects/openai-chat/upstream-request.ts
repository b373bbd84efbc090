/**
 * core → wire for the translate lane: the request as this host and this model can take it, with a note for whatever they
 * cannot.
 */
import type { CacheControl, ChatRequest, ResponseFormat, ToolChoice, ToolDefinition } from '../../core/chat.ts';
import { isJsonArray, type Json, type JsonObject } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { tellGateway } from '../shared/gateway/host.ts';
import { writeServiceTier } from '../shared/openai/service-tier-field.ts';
import { BodyWriter } from '../shared/upstream/body-writer.ts';
import { encodeReasoning } from './reasoning-request.ts';
import { encodeMessages } from './upstream-messages.ts';

/** core → wire. */
export function encodeChatRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const writer = new BodyWriter(context);
  const { notes } = writer;
  writer.body['messages'] = encodeMessages(request, context, notes);
  writeTools(writer, request);
  writeSampling(writer, request);
  writeFormat(writer, request.responseFormat);
  writeLimit(writer, request.maxOutputTokens);
  if (request.reasoning) {
    const asked = encodeReasoning(request.reasoning, request.maxOutputTokens, context);
    notes.push(...asked.notes);
    for (const [field, value] of Object.entries(asked.value)) writer.set(field, value);
  }
  writer.set('verbosity', request.verbosity);
  writer.set('modalities', request.modalities);
  writer.set('prompt_cache_key', request.promptCacheKey);
  writer.set('user', request.user);
  writer.set('metadata', request.metadata);
  writeServiceTier(writer.body, request.serviceTier, context, notes);
  if (request.cacheControl) writeCacheControl(writer, request.cacheControl);
  writeOptions(writer, request);
  if (request.stream) writeStream(writer);
  const headers = tellGateway(writer.body, context);
  return { value: { path: '/chat/completions', headers, body: writer.body }, notes };
}

function writeSampling(writer: BodyWriter, request: ChatRequest): void {
  const { sampling } = request;
  writer.setRandomness('temperature', sampling.temperature);
  writer.setRandomness('top_p', sampling.topP);
  writer.setRandomness('top_k', sampling.topK);
  writer.set('min_p', sampling.minP);
  writer.set('top_a', sampling.topA);
  writer.set('frequency_penalty', sampling.frequencyPenalty);
  writer.set('presence_penalty', sampling.presencePenalty);
  writer.set('repetition_penalty', sampling.repetitionPenalty);
  writer.set('seed', sampling.seed);
  writer.set('logit_bias', sampling.logitBias);
  writer.set('logprobs', sampling.logprobs);
  writer.set('top_logprobs', sampling.topLogprobs);
  writer.set('stop', sampling.stop);
  writer.set('n', sampling.n);
}

function writeLimit(writer: BodyWriter, wanted: number | undefined): void {
  if (wanted === undefined) return;
  writer.set(writer.context.host.quirks.maxTokensField ?? 'max_tokens', writer.withinLimit(wanted));
}

function writeTools(writer: BodyWriter, request: ChatRequest): void {
  const { quirks, providerName } = writer.context.host;
  const choice = request.toolChoice;
  const tools = chosenTools(request.tools, choice, writer);
  const wire: Json[] = tools.map((tool, at) => encodeTool(tool, at, writer));
  const { server_tools: server, server_tool_choice: serverChoice } = request.options;
  // Only another gateway of the whole contract can run them.
  const runsServerTools = quirks.gatewayFields !== undefined;
  if (isJsonArray(server)) {
    if (runsServerTools) wire.push(...server);
    else writer.notes.push({ code: 'tool.changed', field: 'tools', message: `${providerName} runs no server tools` });
  }
  if (wire.length === 0) return;
  writer.set('tools', wire);
  writer.set('parallel_tool_calls', request.parallelToolCalls);
  if (serverChoice !== undefined && runsServerTools) writer.set('tool_choice', serverChoice);
  else if (choice) writer.set('tool_choice', encodeToolChoice(choice, writer));
}

/** `allowed_tools` is OpenAI's alone: offering only the allowed ones says the same everywhere. */
function chosenTools(
  tools: readonly ToolDefinition[],
  choice: ToolChoice | undefined,
  writer: BodyWriter,
): readonly ToolDefinition[] {
  if (choice?.type !== 'allowed') return tools;
  writer.notes.push({ code: 'tool.changed', field: 'tool_choice', message: 'only the allowed tools are offered' });
  const names = new Set(choice.names);
  return tools.filter((tool) => names.has(tool.name));
}

function encodeTool(tool: ToolDefinition, at: number, writer: BodyWriter): JsonObject {
  const { quirks, providerName } = writer.context.host;
  const takesStrict = quirks.strictTools !== false;
  if (tool.strict !== undefined && !takesStrict) {
    writer.drop(`tools[${at}].function.strict`, `${providerName} does not take strict`);
  }
  if (tool.cacheControl && !quirks.cacheControl) {
    writer.drop(`tools[${at}].cache_control`, `${providerName} caches prompts by itself`);
  }
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      ...(tool.parameters && { parameters: tool.parameters }),
      ...(tool.strict !== undefined && takesStrict && { strict: tool.strict }),
    },
    ...(tool.cacheControl && quirks.cacheControl && { cache_control: { type: 'ephemeral', ...tool.cacheControl } }),
  };
}

function encodeToolChoice(choice: ToolChoice, writer: BodyWriter): Json {
  const isForced = choice.type === 'required' || choice.type === 'tool' || choice.type === 'allowed';
  if (isForced && writer.context.traits.forcedToolUse === false) {
    if (choice.type === 'allowed' && choice.mode === 'auto') return 'auto';
    writer.change('tool_choice', 'the model cannot be forced to call a tool; it is left to choose');
    return 'auto';
  }
  switch (choice.type) {
    case 'none':
    case 'auto':
    case 'required':
      return choice.type;
    case 'tool':
      return { type: 'function', function: { name: choice.name } };
    case 'allowed':
      return choice.mode;
  }
}

function writeFormat(writer: BodyWriter, format: ResponseFormat | undefined): void {
  if (!format) return;
  switch (format.type) {
    case 'text':
      return;
    case 'json_object':
      writer.set('response_format', { type: 'json_object' });
      return;
    case 'other':
      writer.set('response_format', format.value);
      return;
    case 'json_schema': {
      if (writer.context.traits.jsonSchema === false) {
        writer.change('response_format', 'the model takes no JSON schema; it is asked for a JSON object');
        writer.set('response_format', { type: 'json_object' });
        return;
      }
      const { type, ...schema } = format;
      writer.set('response_format', { type, json_schema: schema });
    }
  }
}

function writeCacheControl(writer: BodyWriter, cacheControl: CacheControl): void {
  const { quirks, providerName } = writer.context.host;
  if (quirks.cacheControl) writer.set('cache_control', { type: 'ephemeral', ...cacheControl });
  else writer.drop('cache_control', `${providerName} caches prompts by itself`);
}

function writeOptions(writer: BodyWriter, request: ChatRequest): void {
  const { providerName } = writer.context.host;
  for (const [field, value] of Object.entries(request.options)) {
    if (field !== 'server_tools' && field !== 'server_tool_choice') writer.set(field, value);
  }
  for (const field of Object.keys(request.extras)) {
    writer.drop(field, `nobody here knows ${field}, so it is not translated for ${providerName}`);
  }
}

/** Usage is always asked for: it is what the bill is made of. */
function writeStream(writer: BodyWriter): void {
  const { quirks } = writer.context.host;
  writer.body['stream'] = true;
  if (quirks.streamOptions === false) return;
  writer.body['stream_options'] = {
    include_usage: true,
    ...(quirks.obfuscationOption && { include_obfuscation: false }),
  };
}
