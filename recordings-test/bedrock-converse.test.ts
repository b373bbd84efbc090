/**
 * Every recorded Converse answer decodes to what it says, whole and streamed, at any split and never complete when cut. Prints
 * its counts.
 */
import { describe, expect, test } from 'bun:test';
import type { ChatResponse } from '../src/core/chat.ts';
import type { ChatEvent, EndReason } from '../src/core/chat-events.ts';
import { GatewayError } from '../src/core/errors.ts';
import { openFold } from '../src/core/fold.ts';
import { type Random, seededRandom } from '../src/core/ids.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../src/core/json.ts';
import { bedrockConverse } from '../src/dialects/bedrock-converse/index.ts';
import type { Outcome, UpstreamContext } from '../src/dialects/dialect.ts';
import { framingOfBody, openFrames } from '../src/pipeline/framing.ts';
import { openAwsEventStreamFrames } from '../src/wire/aws-event-stream.ts';
import { canonical } from './fingerprint.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { Tally } from './tally.ts';

const { upstream } = bedrockConverse;

function contextOf(upstreamModel: string): UpstreamContext {
  return {
    upstreamModel,
    traits: {},
    host: {
      providerId: 'recorded',
      providerName: 'Recorded',
      usage: { cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false },
      quirks: {},
    },
  };
}

// ---- an independent, naive reading ----

interface Answer {
  readonly text: string;
  readonly reasoning: string;
  readonly signatures: string;
  readonly calls: readonly string[];
  readonly stop: string;
  readonly prompt: number;
  readonly completion: number;
}

function readWhole(body: JsonObject): Answer {
  const blocks = arrayAt(objectAt(objectAt(body, 'output') ?? {}, 'message') ?? {}, 'content') ?? [];
  return readBlocks(blocks.filter(isJsonObject), String(body['stopReason']), objectAt(body, 'usage'));
}

function readBlocks(blocks: readonly JsonObject[], stop: string, usage: JsonObject | undefined): Answer {
  const shown = blocks.map((block) => objectAt(objectAt(block, 'reasoningContent') ?? {}, 'reasoningText') ?? {});
  const counts = ['inputTokens', 'cacheReadInputTokens', 'cacheWriteInputTokens'];
  const isCounted = usage?.['inputTokens'] !== undefined;
  return {
    text: blocks.map((block) => stringAt(block, 'text') ?? '').join(''),
    reasoning: shown.map((block) => stringAt(block, 'text') ?? '').join(''),
    signatures: shown.map((block) => stringAt(block, 'signature') ?? '').join(),
    calls: blocks.flatMap((block) => {
      const use = objectAt(block, 'toolUse');
      return use && use['type'] !== 'server_tool_use'
        ? [`${String(use['toolUseId'])} ${String(use['name'])} ${canonical(use['input'])}`]
        : [];
    }),
    stop,
    prompt: isCounted ? counts.reduce((sum, name) => sum + (numberAt(usage, name) ?? 0), 0) : -1,
    completion: isCounted ? (numberAt(usage, 'outputTokens') ?? -1) : -1,
  };
}

/** Collects whole blocks of `{name, payload}` messages. */
function readMessages(messages: readonly { readonly name: string; readonly payload: JsonObject }[]): Answer {
  const blocks: JsonObject[] = [];
  let stop = '';
  let usage: JsonObject | undefined;
  for (const { name, payload } of messages) {
    const index = numberAt(payload, 'contentBlockIndex') ?? 0;
    const block = blocks[index] ?? {};
    if (name === 'messageStop') stop = String(payload['stopReason']);
    if (name === 'metadata') usage = objectAt(payload, 'usage');
    const use = objectAt(objectAt(payload, 'start') ?? {}, 'toolUse');
    if (name === 'contentBlockStart') blocks[index] = use ? { toolUse: { ...use, input: '' } } : {};
    if (name !== 'contentBlockDelta') continue;
    const delta = objectAt(payload, 'delta') ?? {};
    const input = stringAt(objectAt(delta, 'toolUse') ?? {}, 'input');
    const thought = objectAt(delta, 'reasoningContent');
    if (input !== undefined) {
      const before = objectAt(block, 'toolUse') ?? {};
      blocks[index] = { toolUse: { ...before, input: String(before['input'] ?? '') + input } };
    } else if (thought) {
      const before = objectAt(objectAt(block, 'reasoningContent') ?? {}, 'reasoningText') ?? {};
      const text = `${before['text'] ?? ''}${thought['text'] ?? ''}`;
      blocks[index] = { reasoningContent: { reasoningText: { ...before, ...thought, text } } };
    } else blocks[index] = { text: `${block['text'] ?? ''}${delta['text'] ?? ''}` };
  }
  const parsed = blocks.map((block) => {
    const call = objectAt(block, 'toolUse');
    return call ? { toolUse: { ...call, input: JSON.parse(String(call['input'] || '{}')) } } : block;
  });
  return readBlocks(parsed, stop, usage);
}

function messagesOf(recording: Recording): { name: string; payload: JsonObject }[] {
  if (recording.response.isBinary) {
    return recording.response.events.map((event) => ({
      name: String(event['type']),
      payload: objectAt(event, 'payload') ?? {},
    }));
  }
  return recording.response.body.split('\n').flatMap((line) => {
    if (!line.startsWith('data:')) return [];
    const [member] = Object.entries(JSON.parse(line.slice(5)));
    return member && isJsonObject(member[1]) ? [{ name: member[0], payload: member[1] }] : [];
  });
}

function answerOf(response: ChatResponse): Answer {
  const choice = response.choices[0];
  const details = choice?.reasoningDetails ?? [];
  return {
    text: choice?.content ?? '',
    reasoning: choice?.reasoning ?? '',
    signatures: details.flatMap((detail) => ('signature' in detail && detail.signature) || []).join(),
    calls: (choice?.toolCalls ?? []).map(
      ({ id, name, arguments: args }) => `${id} ${name} ${canonical(JSON.parse(args))}`,
    ),
    stop: choice?.nativeFinishReason ?? '',
    prompt: response.usage?.counts.promptTokens ?? -1,
    completion: response.usage?.counts.completionTokens ?? -1,
  };
}

const withoutEmptySignatures = (answer: Answer): Answer => ({
  ...answer,
  signatures: answer.signatures.split(',').filter(Boolean).join(),
});

// ---- streams ----

function decodeStream(
  pieces: Iterable<Uint8Array>,
  reason: EndReason,
  context: UpstreamContext,
): { events: ChatEvent[]; outcome: Outcome } {
  const decoder = upstream.openDecoder(context);
  const events: ChatEvent[] = [];
  const sink = (data: string, event: string | undefined): void => {
    events.push(...decoder.push({ data, event }));
  };
  let frames: ReturnType<typeof openFrames> | undefined;
  try {
    for (const piece of pieces) {
      // As the pipeline does: the first byte tells how the body is framed.
      const found = framingOfBody(bedrockConverse.framing, String.fromCharCode(piece[0] ?? 0));
      frames ??= openFrames(found === 'whole' ? 'sse' : found);
      frames.push(piece, sink);
    }
    frames?.end(sink);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { events, outcome: error };
  }
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
  const { body, isBinary } = recording.response;
  const context = contextOf(recording.model ?? 'model');
  const bytes = new Uint8Array(Buffer.from(body, isBinary ? 'base64' : 'utf8'));
  const whole = decodeStream([bytes], 'upstream-end', context);
  expect(whole.outcome).toBe('complete');
  expect(answerOf(foldOf(whole.events))).toEqual(withoutEmptySignatures(readMessages(messagesOf(recording))));
  const random = seededRandom(seed);
  const splits = [splitAt(bytes, random), splitAt(bytes, random), splitAt(bytes, null)];
  for (const split of splits) expect(decodeStream(split, 'upstream-end', context)).toEqual(whole);
  const end = isBinary ? startOf('messageStop', bytes) : body.indexOf('"stopReason"');
  for (let cut = 0; cut < 24; cut++) {
    const at = cut === 0 ? end : Math.floor(random.next() * end);
    expect(decodeStream([bytes.subarray(0, at)], 'upstream-cut', context).outcome).toBeInstanceOf(GatewayError);
    if (isBinary) {
      expect(decodeStream([bytes.subarray(0, at)], 'upstream-end', context).outcome).toBeInstanceOf(GatewayError);
    }
  }
  return isBinary ? 'streamed' : 'streamed as server-sent events';
}

/** Where the message with this event type begins. */
function startOf(type: string, bytes: Uint8Array): number {
  let at = 0;
  let found = -1;
  openAwsEventStreamFrames().push(bytes, (_, event) => {
    if (event === type) found = at;
    at += new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
  });
  if (found < 0) throw new Error(`no ${type}`);
  return found;
}

/** Words of the recorded errors, and what they are. */
const ERRORS: readonly (readonly [RegExp, string])[] = [
  [/model identifier is invalid/, 'provider.not_found'],
  [/security token included in the request is expired|Signature expired/, 'provider.credential'],
  [/extraneous key|doesn't support/, 'provider.invalid_request'],
];

function checkWhole(recording: Recording): string {
  const { status, headers, body } = recording.response;
  const context = contextOf(recording.model ?? 'model');
  if ((status ?? 200) >= 400) {
    const error = upstream.decodeError({ status: status ?? 500, body, headers, nowMs: 0 }, context);
    const [, code] = ERRORS.find(([words]) => words.test(body)) ?? [];
    expect(String(error.code)).toBe(code ?? 'an error that the test knows');
    expect(error.message.length).toBeGreaterThan(20);
    return 'errors';
  }
  const value: Json = JSON.parse(body);
  if (!isJsonObject(value)) throw new Error('no object');
  const response = upstream.decodeResponse(value, context);
  expect(answerOf(response)).toEqual(withoutEmptySignatures(readWhole(value)));
  expect(response.choices[0]?.finishReason).not.toBeNull();
  return 'whole';
}

describe.skipIf(!haveRecordings)('recorded Converse traffic', () => {
  test.each(['converse', 'converse-stream'])('every answer of %s decodes to what it says', (endpoint) => {
    const tally = new Tally();
    let seed = 1;
    for (const recording of recordingsOf(endpoint)) {
      tally.check(recording, () => (endpoint === 'converse' ? checkWhole(recording) : checkStream(recording, seed++)));
    }
    tally.print(`recorded answers, ${endpoint}`);
    expect(tally.failures).toEqual([]);
    expect(tally.count('whole') + tally.count('streamed')).toBeGreaterThan(0);
  });
});
