/**
 * Every recorded chat request is said in Converse, for models of each maker, without losing anything; what callers of the host
 * sent is what we send for the same wish. Prints its counts.
 */
import { describe, expect, test } from 'bun:test';
import type { ChatRequest, Message, Part, ToolDefinition } from '../src/core/chat.ts';
import { GatewayError } from '../src/core/errors.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../src/core/json.ts';
import { bedrockConverse } from '../src/dialects/bedrock-converse/index.ts';
import { brokenRules } from '../src/dialects/bedrock-converse/rules.ts';
import type { UpstreamContext } from '../src/dialects/dialect.ts';
import type { ModelTraits } from '../src/dialects/host.ts';
import { decodeChatRequest } from '../src/dialects/openai-chat/client-decode.ts';
import { parseChatRequest } from '../src/dialects/openai-chat/client-request.ts';
import { canonical, jsonResult, lostMeanings, meaningsOfConverseBody, meaningsOfRequest } from './fingerprint.ts';
import { haveRecordings, recordingsOf } from './recordings.ts';
import { Tally } from './tally.ts';

const { upstream } = bedrockConverse;

/** Names and capabilities: each makes the encoder take another path. */
const MODELS: Readonly<Record<string, ModelTraits>> = {
  'us.anthropic.claude-opus-5-5': {
    maxOutputTokens: 128_000,
    sampling: false,
    reasoning: { mandatory: false, efforts: ['low', 'medium', 'high', 'xhigh', 'max'], budget: false, adaptive: true },
    prefill: false,
  },
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0': {
    maxOutputTokens: 64_000,
    reasoning: { mandatory: false, budget: true },
  },
  'anthropic.claude-3-haiku-20240307-v1:0': { jsonSchema: false },
  'us.amazon.nova-2-lite-v1:0': { reasoning: { mandatory: false, efforts: ['low', 'medium', 'high'], budget: false } },
  'mistral.mistral-large-3-675b-instruct': {},
  'openai.gpt-oss-120b-1:0': { reasoning: { mandatory: true, efforts: ['low', 'medium', 'high'], budget: false } },
  'qwen.qwen3-32b-v1:0': { reasoning: { mandatory: false, budget: true } },
  'us.meta.llama3-3-70b-instruct-v1:0': {},
  'amazon.titan-text-express-v1': {},
};

function contextOf(upstreamModel: string, traits: ModelTraits = {}): UpstreamContext {
  return {
    upstreamModel,
    traits,
    host: {
      providerId: 'recorded',
      providerName: 'Recorded',
      usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
      quirks: {},
    },
  };
}

describe.skipIf(!haveRecordings)('recorded requests in Converse', () => {
  test('what the host took keeps the rules that our own requests are held to', () => {
    const failures: string[] = [];
    for (const endpoint of ['converse', 'converse-stream']) {
      for (const { id, request, response } of recordingsOf(endpoint)) {
        if (!isJsonObject(request?.body) || (response.status ?? 200) >= 400) continue;
        const broken = brokenRules(request.body).filter((rule) => !STRICTER.test(rule));
        if (broken.length > 0) failures.push(`${id}: ${broken.join('; ')}`);
      }
    }
    expect(failures).toEqual([]);
  });

  test('what callers of the host sent is what we send for the same wish', () => {
    const tally = new Tally();
    const failures: string[] = [];
    for (const endpoint of ['converse', 'converse-stream']) {
      for (const { id, provider, model, request, response } of recordingsOf(endpoint)) {
        const sent = request?.body;
        if (!isJsonObject(sent) || !model || UNSAID.test(JSON.stringify(sent)) || (response.status ?? 200) >= 400) {
          tally.add(provider, 'left out: a refused request, or a field of the host alone');
          continue;
        }
        const problems = resend(sent, model);
        tally.add(provider, problems.length > 0 ? 'FAILED' : 'said alike');
        if (problems.length > 0) failures.push(`${id} (${model}): ${problems.join('; ').slice(0, 600)}`);
      }
    }
    tally.print('recorded Converse requests');
    expect(failures).toEqual([]);
  });

  test('every recorded chat request is said in Converse without loss', () => {
    const tally = new Tally();
    const failures: string[] = [];
    for (const recording of recordingsOf('chat.completions')) {
      const body = recording.request?.body;
      if (!isJsonObject(body)) continue;
      const { outcome, problems } = translate(body, recording.response.status);
      tally.add(recording.provider, problems.length > 0 ? 'FAILED' : outcome);
      if (problems.length > 0) failures.push(`${recording.id}: ${problems.slice(0, 4).join('; ').slice(0, 500)}`);
    }
    tally.print('recorded chat requests → bedrock-converse');
    expect(failures.slice(0, 40)).toEqual([]);
  });
});

/** Rules that are ours alone: some hosts refuse what others took. */
const STRICTER =
  /blank text|does not alternate|document name|results do not|bytes|unknown field|no place for|not unique/;

/** What no other grammar has a word for. */
const UNSAID = /s3Location|systemTool|guardrailConfig|"tooluse_[^"]*","name":"nova_|"type":"server_tool_use"/;

/** The same wish in core's words, encoded: what differs from what the caller sent. */
function resend(sent: JsonObject, model: string): string[] {
  const isThinking = objectAt(sent, 'additionalModelRequestFields')?.['thinking'] !== undefined;
  const reasoning = { mandatory: false, budget: isThinking };
  const { value } = upstream.encodeRequest(wishOf(sent), contextOf(model, { reasoning }));
  const again: Json = JSON.parse(JSON.stringify(value.body));
  if (!isJsonObject(again)) return ['no body'];
  const said = meaningsOfConverseBody(sent).filter(({ value }) => value.trim() !== '');
  const problems = lostMeanings(said, meaningsOfConverseBody(again), []).map(
    ({ kind, value }) => `lost ${kind} ${value.slice(0, 60)}`,
  );
  for (const field of ['inferenceConfig', 'additionalModelRequestFields']) {
    const [before, after] = [
      canonical(sent[field] ?? {}).replace('"stopSequences":[],', ''),
      canonical(again[field] ?? {}),
    ];
    if (before !== after) problems.push(`${field}: ${before} became ${after}`);
  }
  const choice = (body: JsonObject) => canonical(objectAt(body, 'toolConfig')?.['toolChoice'] ?? { auto: {} });
  if (choice(sent) !== choice(again)) problems.push(`toolChoice: ${choice(sent)} became ${choice(again)}`);
  const points = (body: JsonObject) => JSON.stringify(body).split('"cachePoint"').length - 1;
  if (points(sent) !== points(again)) problems.push(`${points(sent)} cache points became ${points(again)}`);
  return problems;
}

/** A Converse body in core's words, as far as callers use it. */
function wishOf(body: JsonObject): ChatRequest {
  const inference = objectAt(body, 'inferenceConfig') ?? {};
  const own = objectAt(body, 'additionalModelRequestFields') ?? {};
  const config = objectAt(body, 'toolConfig') ?? {};
  const tools: ToolDefinition[] = [];
  for (const tool of (arrayAt(config, 'tools') ?? []).filter(isJsonObject)) {
    const spec = objectAt(tool, 'toolSpec');
    const last = tools.at(-1);
    if (!spec && last) tools[tools.length - 1] = { ...last, cacheControl: {} };
    if (!spec) continue;
    const schema = objectAt(objectAt(spec, 'inputSchema') ?? {}, 'json');
    tools.push({
      name: stringAt(spec, 'name') ?? '',
      ...(stringAt(spec, 'description') && { description: stringAt(spec, 'description') ?? '' }),
      ...(schema && { parameters: schema }),
      ...(spec['strict'] === true && { strict: true }),
    });
  }
  const choice = objectAt(config, 'toolChoice') ?? {};
  const named = stringAt(objectAt(choice, 'tool') ?? {}, 'name');
  const budget = numberAt(objectAt(own, 'thinking') ?? {}, 'budget_tokens');
  const effort = EFFORTS.find((word) => word === (own['reasoning_effort'] ?? own['reasoning_config']));
  const topK = numberAt(objectAt(own, 'inferenceConfig') ?? {}, 'topK');
  const [temperature, topP, maxTokens] = ['temperature', 'topP', 'maxTokens'].map((name) => numberAt(inference, name));
  const stop = arrayAt(inference, 'stopSequences')?.map(String);
  const system = partsOf(arrayAt(body, 'system') ?? []);
  return {
    messages: [
      ...(system.length > 0 ? [{ role: 'system' as const, content: system }] : []),
      ...(arrayAt(body, 'messages') ?? []).filter(isJsonObject).flatMap(messagesIn),
    ],
    tools,
    ...(named !== undefined && { toolChoice: { type: 'tool', name: named } as const }),
    ...(choice['any'] !== undefined && { toolChoice: { type: 'required' } as const }),
    sampling: {
      ...(temperature !== undefined && { temperature }),
      ...(topP !== undefined && { topP }),
      ...(topK !== undefined && { topK }),
      ...(stop && { stop }),
    },
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(budget !== undefined && { reasoning: { enabled: true, maxTokens: budget, exclude: false } }),
    ...(effort && { reasoning: { enabled: true, effort, exclude: false } }),
    stream: false,
    options: {},
    extras: {},
  };
}

const EFFORTS = ['low', 'medium', 'high'] as const;

function messagesIn(message: JsonObject): Message[] {
  const blocks = (arrayAt(message, 'content') ?? []).filter(isJsonObject);
  const content = partsOf(blocks);
  if (message['role'] === 'assistant') {
    const toolCalls = blocks.flatMap((block) => {
      const use = objectAt(block, 'toolUse');
      return use
        ? [{ id: String(use['toolUseId']), name: String(use['name']), arguments: JSON.stringify(use['input']) }]
        : [];
    });
    return [{ role: 'assistant', content, toolCalls, reasoningDetails: [] }];
  }
  const results = blocks.flatMap((block): Message[] => {
    const result = objectAt(block, 'toolResult');
    if (!result) return [];
    const inner = (arrayAt(result, 'content') ?? []).filter(isJsonObject);
    const parts = inner.map((part) => (part['json'] === undefined ? part : { text: jsonResult(part) }));
    return [{ role: 'tool', toolCallId: String(result['toolUseId']), content: partsOf(parts) }];
  });
  return content.length > 0 ? [...results, { role: 'user', content }] : results;
}

const IMAGE = 'image';
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  three_gp: 'video/3gpp',
  mkv: 'video/x-matroska',
};

function partsOf(blocks: readonly Json[]): Part[] {
  const parts: Part[] = [];
  for (const block of blocks) {
    if (!isJsonObject(block)) continue;
    const [kind = '', value] = Object.entries(block)[0] ?? [];
    const last = parts.at(-1);
    if (kind === 'cachePoint' && last) parts[parts.length - 1] = { ...last, cacheControl: {} };
    if (kind === 'text') parts.push({ type: 'text', text: String(value) });
    if (!['image', 'document', 'video'].includes(kind) || !isJsonObject(value)) continue;
    const format = stringAt(value, 'format') ?? '';
    const mediaType = MEDIA_TYPES[format] ?? `${kind}/${format}`;
    const source = {
      kind: 'data' as const,
      mediaType,
      base64: stringAt(objectAt(value, 'source') ?? {}, 'bytes') ?? '',
    };
    if (kind === IMAGE) parts.push({ type: 'image', source });
    else parts.push({ type: kind === 'video' ? 'video' : 'file', source });
  }
  return parts;
}

function translate(body: JsonObject, status: number | null): { outcome: string; problems: string[] } {
  let request: ReturnType<typeof decodeChatRequest>;
  try {
    request = decodeChatRequest(parseChatRequest(body));
  } catch (thrown) {
    if (status === 400) return { outcome: 'refused as the provider did', problems: [] };
    return { outcome: '', problems: [`refused at the door: ${thrown instanceof Error ? thrown.message : thrown}`] };
  }
  const kinds = bedrockConverse.unsayable(request.value);
  const before = meaningsOfRequest(request.value);
  const problems: string[] = [];
  for (const [model, traits] of Object.entries(MODELS)) {
    try {
      const { value, notes } = upstream.encodeRequest(request.value, contextOf(model, traits));
      if (kinds.length > 0) problems.push(`${kinds.join()} cannot be said, but was not refused`);
      const sent: Json = JSON.parse(JSON.stringify(value.body));
      problems.push(...brokenRules(sent).map((rule) => `${model}: ${rule}`));
      if (!isJsonObject(sent)) continue;
      for (const lost of lostMeanings(before, meaningsOfConverseBody(sent), notes)) {
        problems.push(`${model}: lost ${lost.kind} of ${lost.field}: ${lost.value.slice(0, 80)}`);
      }
    } catch (thrown) {
      const refused = thrown instanceof GatewayError && thrown.code === 'client.invalid_request';
      if (kinds.length > 0 && refused && thrown.details.field?.startsWith('messages[')) continue;
      problems.push(`${model}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  return { outcome: kinds.length > 0 ? `excluded for ${kinds.join()}` : 'translated', problems };
}
