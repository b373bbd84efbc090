/**
 * Every recorded chat exchange against the openai-chat dialect: requests through the client face, replies and streams
 * through the upstream face and back out of the encoder, errors through the classifier. What must come out is read from the
 * recording by a second, naive reader (naive-chat.ts) that shares no code with the dialect.
 */
import { afterAll, describe, expect, test } from 'bun:test';
import { ChatResult$inboundSchema, ChatStreamChunk$inboundSchema } from '@openrouter/sdk/models';
import type { ChatResponse } from '../src/core/chat.ts';
import { GatewayError } from '../src/core/errors.ts';
import { openFold, unfold } from '../src/core/fold.ts';
import { seededRandom } from '../src/core/ids.ts';
import { isJsonObject, type Json } from '../src/core/json.ts';
import { countOf } from '../src/core/usage.ts';
import type { Frame, ReplyHead, UpstreamContext } from '../src/dialects/dialect.ts';
import { openAiChat } from '../src/dialects/openai-chat/index.ts';
import { openSseReader } from '../src/wire/sse.ts';
import { contextOf as hostContextOf } from './hosts.ts';
import { settledOf } from './lane-kit.ts';
import { type NaiveAnswer, readNaively, readNaivelyWhole } from './naive-chat.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';

const { client, upstream } = openAiChat;

/** Request bodies that the contract itself refuses; the provider refused them too (400). */
const REFUSED_REQUESTS: Readonly<Record<string, string>> = {
  'doubleword_chat.completions_d2863fe53125d7': 'temperature 100',
  'llamacpp_chat.completions_40dfae583a4978': 'temperature "hot"',
  'openai_chat.completions_70e45116a9f6f1': 'temperature 99',
  'openai_chat.completions_a20eb0c567a2c0': 'messages inside the content of a message',
};

/** Recordings that hold no answer: the dialect must say so, so that the exchange can fall back. */
const NO_ANSWER: Readonly<Record<string, string>> = {
  'openrouter_chat.completions_21973f906cff61': 'an empty opening, then [DONE]: no content and no finish',
  'openrouter_chat.completions_5774d5d7786fb5': 'an empty opening, then [DONE]: no content and no finish',
  'xai_chat.completions_6c163c524ab8dc': 'the recorder kept an empty object instead of the body',
};

interface Tally {
  passed: number;
  failed: number;
  explained: number;
}
const tallies = new Map<string, Tally>();
const failures: string[] = [];

const contextOf = (recording: Recording): UpstreamContext => hostContextOf(recording, 'openai-chat');

const ASKED = client.parseRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }] });
const head: ReplyHead = {
  id: 'gen-1-x',
  createdSeconds: 1,
  model: 'author/model',
  providerName: 'Provider',
  excludeReasoning: false,
};

function check(recording: Recording, run: () => void): void {
  const tally = tallies.get(recording.provider) ?? { passed: 0, failed: 0, explained: 0 };
  tallies.set(recording.provider, tally);
  try {
    run();
    if (NO_ANSWER[recording.id]) tally.explained++;
    else tally.passed++;
  } catch (error) {
    tally.failed++;
    failures.push(`${recording.id}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 600));
  }
}

/** The bytes of a stream, cut into reads, as frames. */
function framesOf(bytes: Uint8Array, sizes: () => number): Frame[] {
  const reader = openSseReader();
  const decoder = new TextDecoder();
  const frames: Frame[] = [];
  const sink = (data: string, event: string | undefined) => frames.push({ data, event });
  for (let at = 0; at < bytes.length; ) {
    const size = Math.max(1, sizes());
    reader.push(decoder.decode(bytes.subarray(at, at + size), { stream: true }), sink);
    at += size;
  }
  reader.end(sink);
  return frames;
}

function decodeFrames(frames: readonly Frame[], context: UpstreamContext, reason: 'upstream-end' | 'upstream-cut') {
  const decoder = upstream.openDecoder(context);
  const fold = openFold();
  const encoder = client.openEncoder(head, ASKED);
  let text = '';
  const take = (events: ReturnType<typeof decoder.push>) => {
    for (const event of events) {
      fold.push(event);
      text += encoder.push(event);
    }
  };
  for (const frame of frames) take(decoder.push(frame));
  const { events, outcome } = decoder.end(reason);
  take(events);
  const response = fold.response();
  return { response, outcome, clientText: text + encoder.final(settledOf(response.usage)) };
}

function expectAnswer(response: ChatResponse, naive: NaiveAnswer, context: UpstreamContext): void {
  const actual = response.choices.map((choice) => ({
    index: choice.index,
    text: choice.content ?? '',
    reasoning: choice.reasoning ?? '',
    calls: choice.toolCalls.map((call) => [call.name, call.arguments]),
    finish: choice.finishReason,
  }));
  expect<unknown>(actual).toEqual(
    naive.choices.map(({ index, text, reasoning, calls, finish }) => ({ index, text, reasoning, calls, finish })),
  );
  for (const { toolCalls } of response.choices) {
    expect(toolCalls.every((call) => call.id.length > 0)).toBe(true);
    expect(new Set(toolCalls.map((call) => call.id)).size).toBe(toolCalls.length);
  }
  expectUsage(response, naive, context);
}

function expectUsage(response: ChatResponse, naive: NaiveAnswer, context: UpstreamContext): void {
  if (!naive.usage) {
    expect(response.usage).toBeUndefined();
    return;
  }
  const { prompt, completion, total, cached } = naive.usage;
  expect(countOf(response.usage, 'promptTokens')).toBe(prompt);
  // What the host adds to the total beyond prompt and completion is reasoning that it counts beside the output.
  const beside = context.host.usage.reasoning === 'by-total' ? Math.max(0, total - prompt - completion) : 0;
  expect(countOf(response.usage, 'completionTokens')).toBe(completion + beside);
  expect(countOf(response.usage, 'cachedTokens')).toBe(Math.min(cached, prompt));
}

/** What we write to the client is read back naively: the same answer, in frames that the contract allows. */
function expectClientStream(text: string, naive: NaiveAnswer): void {
  const again = readNaively(text);
  expect(again.isTerminated).toBe(true);
  expect(again.choices.map(({ text: content, calls, finish }) => ({ content, calls, finish }))).toEqual(
    naive.choices.map(({ text: content, calls, finish }) => ({ content, calls, finish })),
  );
  for (const frame of again.frames) {
    expect(frame['id']).toBe(head.id);
    expect(frame['object']).toBe('chat.completion.chunk');
    expect(ChatStreamChunk$inboundSchema.safeParse(frame).error).toBeUndefined();
  }
  expect(again.frames.filter((frame) => frame['usage'] !== undefined)).toHaveLength(1);
}

function checkStream(recording: Recording): void {
  const context = contextOf(recording);
  const bytes = new TextEncoder().encode(recording.response.body);
  const naive = readNaively(recording.response.body);
  const frames = framesOf(bytes, () => bytes.length);
  const random = seededRandom(bytes.length);
  expect(framesOf(bytes, () => 1)).toEqual(frames);
  for (const most of [7, 100, 3000])
    expect(framesOf(bytes, () => 1 + Math.floor(random.next() * most))).toEqual(frames);

  const { response, outcome, clientText } = decodeFrames(frames, context, 'upstream-end');
  if (naive.hasError || NO_ANSWER[recording.id]) expect(outcome).toBeInstanceOf(GatewayError);
  else {
    expect(outcome).toBe('complete');
    expectAnswer(response, naive, context);
    expectClientStream(clientText, naive);
  }
  expect(decodeFrames(frames, context, 'upstream-cut').outcome).not.toBe('complete');
  for (let i = 0; i < 12; i++) {
    // Half of the cuts fall anywhere, half near the end, where the proof stands.
    const reach = i % 2 === 0 ? bytes.length : Math.min(bytes.length, 1500);
    const kept = bytes.subarray(0, bytes.length - 1 - Math.floor(random.next() * (reach - 1)));
    const cut = decodeFrames(
      framesOf(kept, () => kept.length || 1),
      context,
      'upstream-end',
    ).outcome;
    const isProved = readNaively(new TextDecoder().decode(kept)).isProved;
    if (!isProved) expect(cut).not.toBe('complete');
  }
}

function checkWhole(recording: Recording, body: Json): void {
  const context = contextOf(recording);
  const naive = readNaivelyWhole(body);
  if (naive.hasError || NO_ANSWER[recording.id]) {
    expect(() => upstream.decodeResponse(body, context)).toThrow(GatewayError);
    return;
  }
  const response = upstream.decodeResponse(body, context);
  expectAnswer(response, naive, context);
  // A whole reply as a stream, and the stream as a whole reply.
  const fold = openFold();
  const encoder = client.openEncoder(head, ASKED);
  let text = '';
  for (const event of unfold(response)) {
    fold.push(event);
    text += encoder.push(event);
  }
  expectClientStream(text + encoder.final(settledOf(response.usage)), naive);
  const wire: Json = JSON.parse(
    JSON.stringify(client.encodeResponse(response, head, settledOf(response.usage), ASKED)),
  );
  expect(ChatResult$inboundSchema.safeParse(wire).error).toBeUndefined();
  const again = readNaivelyWhole(wire);
  expect(again.choices).toEqual(naive.choices);
}

/** Error codes that a status may mean; 401 and 402 of ours never become the caller's. */
const CODES_BY_STATUS: Readonly<Record<number, RegExp>> = {
  400: /^provider\.(invalid_request|context_length|content_policy|not_found|bad_answer|credential)$/,
  401: /^provider\.credential$/,
  402: /^provider\.payment_required$/,
  403: /^provider\.(credential|content_policy)$/,
  404: /^provider\.not_found$/,
  429: /^provider\.(rate_limited|payment_required|overloaded)$/,
  500: /^provider\.failed$/,
  503: /^provider\.overloaded$/,
};

function checkError(recording: Recording, status: number): void {
  const { body, headers } = recording.response;
  const error = upstream.decodeError({ status, body, headers, nowMs: 1_700_000_000_000 }, contextOf(recording));
  expect(error.code).toMatch(CODES_BY_STATUS[status] ?? /^provider\./);
  expect([401, 402]).not.toContain(error.status);
  expect(error.details.providerStatus).toBe(status);
  expect(error.message.length).toBeLessThan(2300);
  expect(error.message).not.toMatch(/\bsk-[A-Za-z0-9]/);
}

function parseWhole(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe.skipIf(!haveRecordings)('recorded chat exchanges', () => {
  test('every request body is accepted by the client face', () => {
    let accepted = 0;
    for (const recording of recordingsOf('chat.completions')) {
      const body = recording.request?.body;
      if (body === null || body === undefined) continue;
      if (REFUSED_REQUESTS[recording.id]) {
        expect(() => client.parseRequest(body)).toThrow(GatewayError);
        continue;
      }
      const wire = client.parseRequest(body);
      expect<unknown>(wire).toBe(body);
      const { value } = client.decodeRequest(wire);
      const messages = isJsonObject(body) && Array.isArray(body['messages']) ? body['messages'] : [];
      expect(value.messages).toHaveLength(messages.length);
      accepted++;
    }
    console.log(`openai-chat: ${accepted} recorded requests accepted`);
    expect(accepted).toBeGreaterThan(0);
  });

  test('every reply, stream and error means what a naive reading says', () => {
    for (const recording of recordingsOf('chat.completions')) {
      const { status, body } = recording.response;
      check(recording, () => {
        if (status !== null && status >= 400) return checkError(recording, status);
        const whole = parseWhole(body);
        return whole === undefined ? checkStream(recording) : checkWhole(recording, whole);
      });
    }
    expect(failures).toEqual([]);
  });

  afterAll(() => {
    for (const [provider, { passed, failed, explained }] of tallies) {
      console.log(`openai-chat ${provider}: ${passed} passed, ${failed} failed, ${explained} explained`);
    }
  });
});

test.if(!haveRecordings)('no recordings: nothing to replay', () => {
  console.log('No recordings beside the checkout (SIGNALBOX_RECORDINGS): nothing to replay.');
});
