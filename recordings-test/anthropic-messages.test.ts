/**
 * Every recorded Messages answer decodes to what it says, whole and streamed, at any split and never complete when cut; every
 * recorded chat request is said in Messages without losing anything. Prints its counts by provider.
 */
import { describe, expect, test } from 'bun:test';
import type { ChatResponse } from '../src/core/chat.ts';
import type { ChatEvent, EndReason } from '../src/core/chat-events.ts';
import { GatewayError } from '../src/core/errors.ts';
import { openFold } from '../src/core/fold.ts';
import { type Random, seededRandom } from '../src/core/ids.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../src/core/json.ts';
import { anthropicMessages } from '../src/dialects/anthropic-messages/index.ts';
import { unsayable } from '../src/dialects/anthropic-messages/request/media.ts';
import { brokenRules } from '../src/dialects/anthropic-messages/rules.ts';
import type { Outcome, UpstreamContext } from '../src/dialects/dialect.ts';
import type { ModelTraits } from '../src/dialects/host.ts';
import { decodeChatRequest } from '../src/dialects/openai-chat/client-decode.ts';
import { parseChatRequest } from '../src/dialects/openai-chat/client-request.ts';
import { openSseReader } from '../src/wire/sse.ts';
import { canonical, lostMeanings, meaningsOfMessagesBody, meaningsOfRequest } from './fingerprint.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { Tally } from './tally.ts';

const { upstream } = anthropicMessages;

/** Streams that are no one answer, with the outcome they must have. */
const SPLICED = new Map<string, string>([
  // A proxy's retry spliced into the first attempt: half a tool call was already said and cannot be unsaid.
  ['anthropic_messages_ed579e57e9e776', 'provider.bad_answer'],
]);

/** The statuses that were recorded. */
const ERROR_CODES = new Map<number | null, string>([
  [400, 'provider.invalid_request'],
  [401, 'provider.credential'],
  [404, 'provider.not_found'],
]);

/** How a model could be: each makes the encoder take another path. */
const MODELS: Readonly<Record<string, ModelTraits>> = {
  adaptive: {
    maxOutputTokens: 128_000,
    contextLength: 1_000_000,
    sampling: false,
    reasoning: { mandatory: false, efforts: ['low', 'medium', 'high', 'xhigh', 'max'], budget: false, adaptive: true },
    prefill: false,
  },
  budget: { maxOutputTokens: 64_000, contextLength: 200_000, reasoning: { mandatory: false, budget: true } },
  plain: { maxOutputTokens: 4096, contextLength: 200_000, jsonSchema: false },
  unknown: {},
};

function contextOf(traits: ModelTraits): UpstreamContext {
  return {
    upstreamModel: 'model',
    traits,
    host: {
      providerId: 'recorded',
      providerName: 'Recorded',
      usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
      quirks: {},
    },
  };
}
const context = contextOf({});

// ---- an independent, naive reading ----

interface Answer {
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly string[];
  readonly stop: string | null;
  readonly prompt: number;
  readonly completion: number;
}

function readBlocks(blocks: readonly JsonObject[], stop: string | null, usage: JsonObject): Answer {
  const of = (type: string, member: string): string =>
    blocks.flatMap((block) => (block['type'] === type ? [stringAt(block, member) ?? ''] : [])).join('');
  const compacted = (arrayAt(usage, 'iterations') ?? [])
    .filter(isJsonObject)
    .filter((it) => it['type'] === 'compaction');
  const sum = (members: readonly string[]): number =>
    [usage, ...compacted].reduce((total, part) => total + members.reduce((s, m) => s + (numberAt(part, m) ?? 0), 0), 0);
  return {
    text: of('text', 'text'),
    thinking: of('thinking', 'thinking'),
    calls: blocks.flatMap((block) =>
      block['type'] === 'tool_use' ? [`${String(block['name'])} ${canonical(block['input'])}`] : [],
    ),
    stop,
    prompt: sum(['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens']),
    completion: sum(['output_tokens']),
  };
}

function readWhole(body: JsonObject): Answer {
  const blocks = (arrayAt(body, 'content') ?? []).filter(isJsonObject);
  return readBlocks(blocks, stringAt(body, 'stop_reason') ?? null, objectAt(body, 'usage') ?? {});
}

/** Reads the first message of a stream line by line, collecting whole blocks. */
function readStream(text: string): Answer {
  const blocks: { [key: string]: Json | undefined }[] = [];
  let usage: JsonObject = {};
  let stop: string | null = null;
  for (const line of text.split('\n')) {
    if (!line.startsWith('data:') || line.includes('[DONE]')) continue;
    const event: Json = JSON.parse(line.slice(5));
    if (!isJsonObject(event)) continue;
    const type = event['type'];
    if (type === 'message_stop') break;
    if (type === 'message_start') usage = { ...usage, ...objectAt(objectAt(event, 'message') ?? {}, 'usage') };
    if (type === 'message_delta') {
      stop = stringAt(objectAt(event, 'delta') ?? {}, 'stop_reason') ?? stop;
      for (const [key, value] of Object.entries(objectAt(event, 'usage') ?? {})) {
        if (value !== null) usage = { ...usage, [key]: value };
      }
    }
    if (type === 'content_block_start') blocks[Number(event['index'])] = { ...objectAt(event, 'content_block') };
    if (type !== 'content_block_delta') continue;
    const delta = objectAt(event, 'delta') ?? {};
    const block = blocks[Number(event['index'])] ?? {};
    for (const member of ['text', 'thinking', 'partial_json']) {
      if (typeof delta[member] === 'string') block[member] = String(block[member] ?? '') + delta[member];
    }
  }
  for (const block of blocks) if (block['partial_json']) block['input'] = JSON.parse(String(block['partial_json']));
  return readBlocks(blocks, stop, usage);
}

function answerOf(response: ChatResponse): Answer {
  const choice = response.choices[0];
  return {
    text: choice?.content ?? '',
    thinking: choice?.reasoning ?? '',
    calls: (choice?.toolCalls ?? []).map((call) => `${call.name} ${canonical(JSON.parse(call.arguments))}`),
    stop: choice?.nativeFinishReason ?? null,
    prompt: response.usage?.counts.promptTokens ?? -1,
    completion: response.usage?.counts.completionTokens ?? -1,
  };
}

// ---- streams ----

function decodeStream(pieces: Iterable<Uint8Array>, reason: EndReason): { events: ChatEvent[]; outcome: Outcome } {
  const decoder = upstream.openDecoder(context);
  const reader = openSseReader();
  const text = new TextDecoder();
  const events: ChatEvent[] = [];
  const sink = (data: string, event: string | undefined): void => {
    events.push(...decoder.push({ data, event }));
  };
  for (const piece of pieces) reader.push(text.decode(piece, { stream: true }), sink);
  reader.end(sink);
  const end = decoder.end(reason);
  return { events: [...events, ...end.events], outcome: end.outcome };
}

function* splitAt(bytes: Uint8Array, random: Random | null): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const size = random ? 1 + Math.floor(random.next() * 97) : 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

function foldOf(events: readonly ChatEvent[]): ChatResponse {
  const fold = openFold();
  for (const event of events) fold.push(event);
  return fold.response();
}

function checkStream(recording: Recording, seed: number): string {
  const bytes = new TextEncoder().encode(recording.response.body);
  const whole = decodeStream([bytes], 'upstream-end');
  const wanted = SPLICED.get(recording.id);
  if (wanted) {
    expect(whole.outcome === 'complete' ? 'complete' : `${whole.outcome.code}`).toBe(wanted);
    return 'refused as spliced';
  }
  expect(whole.outcome).toBe('complete');
  expect(answerOf(foldOf(whole.events))).toEqual(readStream(recording.response.body));
  const random = seededRandom(seed);
  const splits = [splitAt(bytes, random), splitAt(bytes, random), splitAt(bytes, null)];
  for (const split of splits) expect(decodeStream(split, 'upstream-end')).toEqual(whole);
  // A cut before the end of the terminator's value can be no success.
  const proof = recording.response.body.indexOf('"type":"message_stop"');
  const spaced = recording.response.body.indexOf('"type": "message_stop"');
  const end = Buffer.byteLength(recording.response.body.slice(0, proof < 0 ? spaced : proof));
  for (let cut = 0; cut < 24; cut++) {
    const at = cut === 0 ? end : Math.floor(random.next() * end);
    expect(decodeStream([bytes.subarray(0, at)], 'upstream-cut').outcome).toBeInstanceOf(GatewayError);
  }
  return 'streamed';
}

function checkWhole(recording: Recording): string {
  const body: Json = JSON.parse(recording.response.body);
  if (!isJsonObject(body) || body['type'] === 'error' || (recording.response.status ?? 200) >= 400) {
    const { status, headers } = recording.response;
    const failure = { status: status ?? 500, body: recording.response.body, headers, nowMs: 0 };
    const error = upstream.decodeError(failure, context);
    expect<string | undefined>(error.code).toBe(ERROR_CODES.get(status));
    expect(error.message.length).toBeGreaterThan(20);
    return 'errors';
  }
  const response = upstream.decodeResponse(body, context);
  expect(answerOf(response)).toEqual(readWhole(body));
  expect(response.choices[0]?.finishReason).not.toBeNull();
  return 'whole';
}

describe.skipIf(!haveRecordings)('recorded Messages traffic', () => {
  test('every answer decodes to what it says', () => {
    const tally = new Tally();
    let seed = 1;
    for (const recording of recordingsOf('messages')) {
      const isJson = recording.response.body.trimStart().startsWith('{');
      tally.check(recording, () => (isJson ? checkWhole(recording) : checkStream(recording, seed++)));
    }
    tally.print('recorded answers, anthropic-messages');
    expect(tally.failures).toEqual([]);
  });

  test('every recorded chat request is said in Messages without loss', () => {
    const tally = new Tally();
    const failures: string[] = [];
    for (const recording of recordingsOf('chat.completions')) {
      const body = recording.request?.body;
      if (!isJsonObject(body)) {
        tally.add(recording.provider, 'without a request body');
        continue;
      }
      const { outcome, problems } = translate(body, recording.response.status);
      tally.add(recording.provider, problems.length > 0 ? 'FAILED' : outcome);
      if (problems.length > 0) failures.push(`${recording.id}: ${problems.slice(0, 4).join('; ').slice(0, 500)}`);
    }
    tally.print('recorded chat requests → anthropic-messages');
    expect(failures).toEqual([]);
  });
});

function translate(body: JsonObject, status: number | null): { outcome: string; problems: string[] } {
  let request: ReturnType<typeof decodeChatRequest>;
  try {
    request = decodeChatRequest(parseChatRequest(body));
  } catch (thrown) {
    // Bodies that their own provider refused (temperature 99, a part without a type) are refused here too.
    if (status === 400) return { outcome: 'refused as the provider did', problems: [] };
    return { outcome: '', problems: [`refused at the door: ${thrown instanceof Error ? thrown.message : thrown}`] };
  }
  const kinds = unsayable(request.value);
  const before = meaningsOfRequest(request.value);
  const problems: string[] = [];
  for (const [model, traits] of Object.entries(MODELS)) {
    try {
      const { value, notes } = upstream.encodeRequest(request.value, contextOf(traits));
      if (kinds.length > 0) problems.push(`${kinds.join()} cannot be said, but was not refused`);
      // What travels is JSON text, so that is what is checked.
      const sent: Json = JSON.parse(JSON.stringify(value.body));
      problems.push(...brokenRules(sent).map((rule) => `${model}: ${rule}`));
      if (!isJsonObject(sent)) continue;
      for (const lost of lostMeanings(before, meaningsOfMessagesBody(sent), notes)) {
        problems.push(`${model}: lost ${lost.kind} of ${lost.field}: ${lost.value.slice(0, 80)}`);
      }
      problems.push(
        ...unsaidParameters(
          body,
          sent,
          notes.map((note) => note.field),
        ).map((name) => `${model}: ${name}`),
      );
    } catch (thrown) {
      const refused = thrown instanceof GatewayError && thrown.code === 'client.invalid_request';
      if (kinds.length > 0 && refused && thrown.details.field?.startsWith('messages[')) continue;
      problems.push(`${model}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  return { outcome: kinds.length > 0 ? `excluded for ${kinds.join()}` : 'translated', problems };
}

/** Parameters of the caller that are neither in the body sent nor in a note. */
const SAID_AS: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'top_p',
  stop: 'stop_sequences',
  user: 'metadata',
  tool_choice: 'tool_choice',
  seed: '-',
  logit_bias: '-',
  prediction: '-',
  store: '-',
  metadata: '-',
  verbosity: '-',
};
const NEUTRAL = new Set(['1', '{}', '[]', 'null', '""', '"auto"', '"none"']);

function unsaidParameters(body: JsonObject, sent: JsonObject, noted: readonly string[]): string[] {
  return Object.entries(SAID_AS).flatMap(([name, wire]) => {
    const value = body[name];
    if (value === undefined || NEUTRAL.has(JSON.stringify(value)) || wire in sent || noted.includes(name)) return [];
    return [`${name} is neither sent nor noted`];
  });
}
