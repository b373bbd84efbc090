/** Recorded Gemini traffic read by the gemini dialect, compared with an independent naive reading of the same bytes. */
import { afterAll, describe, expect, test } from 'bun:test';
import type { ChatResponse } from '../src/core/chat.ts';
import { GatewayError } from '../src/core/errors.ts';
import { openFold } from '../src/core/fold.ts';
import { seededRandom } from '../src/core/ids.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../src/core/json.ts';
import type { Outcome, UpstreamContext } from '../src/dialects/dialect.ts';
import { gemini } from '../src/dialects/gemini/index.ts';
import { openSseReader } from '../src/wire/sse.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';

const { upstream } = gemini;

function contextOf(model: string): UpstreamContext {
  return {
    upstreamModel: model,
    traits: {},
    host: {
      providerId: 'google-ai-studio',
      providerName: 'Google AI Studio',
      usage: { cachedInput: 'inside-input', reasoning: 'beside-output', reportsCost: false },
      quirks: {},
    },
  };
}

// ---- the naive reading ----

interface Reading {
  readonly text: string;
  readonly thoughts: string;
  /** Arguments as path → leaf, the way pieces of them are told. */
  readonly calls: readonly { readonly name: string; readonly args: Readonly<Record<string, Json>> }[];
  readonly images: number;
  readonly signatures: readonly string[];
  readonly finish: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number | null;
}

/** `{a: [{b: 1}]}` → `{"$.a[0].b": 1}`. */
function leavesOf(value: Json | undefined, path = '$', into: Record<string, Json> = {}): Record<string, Json> {
  if (Array.isArray(value)) for (const [i, item] of value.entries()) leavesOf(item, `${path}[${i}]`, into);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) leavesOf(item, `${path}.${key}`, into);
  else into[path] = value ?? null;
  return into;
}

/** The first candidate of all objects in order, as plainly as it can be read. */
function readNaively(objects: readonly JsonObject[]): Reading {
  let text = '';
  let thoughts = '';
  let images = 0;
  let finish: string | null = null;
  let usage: JsonObject = {};
  const calls: { name: string; args: Record<string, Json> }[] = [];
  const signatures: string[] = [];
  for (const object of objects) {
    usage = objectAt(object, 'usageMetadata') ?? usage;
    const candidate = (arrayAt(object, 'candidates') ?? [])[0];
    if (!isJsonObject(candidate)) continue;
    const reason = candidate['finishReason'];
    if (reason) finish = reason === 1 ? 'STOP' : String(reason);
    for (const part of arrayAt(objectAt(candidate, 'content') ?? {}, 'parts') ?? []) {
      if (!isJsonObject(part)) continue;
      const { toolCall, toolResponse, executableCode, codeExecutionResult } = part;
      const isSilent = toolCall || toolResponse || executableCode || codeExecutionResult;
      if (typeof part['thoughtSignature'] === 'string' && !isSilent) signatures.push(part['thoughtSignature']);
      if (typeof part['text'] === 'string') {
        if (part['thought']) thoughts += part['text'];
        else text += part['text'];
      }
      if (isJsonObject(executableCode)) {
        text += `\n\`\`\`${String(executableCode['language']).toLowerCase()}\n${executableCode['code']}\n\`\`\`\n`;
      }
      if (isJsonObject(codeExecutionResult)) text += `\n\`\`\`\n${codeExecutionResult['output'] ?? ''}\n\`\`\`\n`;
      const blob = objectAt(part, 'inlineData');
      if (blob && !stringAt(blob, 'mimeType')?.startsWith('audio/')) images++;
      const call = objectAt(part, 'functionCall');
      if (!call) continue;
      if (typeof call['name'] === 'string')
        calls.push({ name: call['name'], args: leavesOf(objectAt(call, 'args') ?? {}) });
      for (const piece of arrayAt(call, 'partialArgs') ?? []) {
        const args = calls.at(-1)?.args;
        if (!args || !isJsonObject(piece)) continue;
        const path = stringAt(piece, 'jsonPath') ?? '';
        const value = piece['stringValue'] ?? piece['numberValue'] ?? piece['boolValue'] ?? null;
        const before = args[path];
        args[path] = typeof before === 'string' ? `${before}${value}` : value;
      }
    }
  }
  const count = (key: string): number => numberAt(usage, key) ?? 0;
  return {
    text,
    thoughts,
    calls,
    images,
    signatures,
    finish,
    promptTokens: count('promptTokenCount') + count('toolUsePromptTokenCount'),
    completionTokens: count('candidatesTokenCount') + count('thoughtsTokenCount'),
    totalTokens: numberAt(usage, 'totalTokenCount') ?? null,
  };
}

/** The response objects of a recorded body, framing read without the code under test. */
function objectsOf(body: string): JsonObject[] {
  if (!body.trimStart().startsWith('data:')) {
    const value: Json = JSON.parse(body);
    return (Array.isArray(value) ? value : [value]).filter(isJsonObject);
  }
  return body
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line): Json => JSON.parse(line.slice(5)))
    .filter(isJsonObject);
}

/** The same, read from our answer. */
function readAnswer(response: ChatResponse): Omit<Reading, 'totalTokens'> {
  const [choice] = response.choices;
  const counts = response.usage?.counts;
  return {
    text: choice?.content ?? '',
    thoughts: choice?.reasoning ?? '',
    calls: (choice?.toolCalls ?? []).map(({ name, arguments: args }) => ({ name, args: leavesOf(JSON.parse(args)) })),
    images: choice?.images.length ?? 0,
    signatures: (choice?.reasoningDetails ?? []).flatMap((detail) => {
      if (detail.type === 'reasoning.encrypted') return [detail.data];
      return detail.type === 'reasoning.text' && detail.signature ? [detail.signature] : [];
    }),
    finish: choice?.nativeFinishReason ?? null,
    promptTokens: counts?.promptTokens ?? 0,
    completionTokens: counts?.completionTokens ?? 0,
  };
}

function expectSame(answer: ChatResponse, reading: Reading, { id, request }: Recording): void {
  const { totalTokens, ...expected } = reading;
  // A reply without a reason is whole all the same; a blocked prompt has its reason elsewhere.
  const actual = readAnswer(answer);
  expect({ id, ...actual, finish: reading.finish === null ? null : actual.finish }).toEqual({ id, ...expected });
  const [choice] = answer.choices;
  if (reading.finish === 'STOP') expect(choice?.finishReason).toBe(reading.calls.length > 0 ? 'tool_calls' : 'stop');
  if (reading.finish === 'MAX_TOKENS') expect(choice?.finishReason).toBe('length');
  for (const { arguments: args } of choice?.toolCalls ?? []) expect(isJsonObject(JSON.parse(args))).toBe(true);
  const ids = (choice?.toolCalls ?? []).map((call) => call.id);
  expect(new Set(ids).size).toBe(ids.length);
  // The provider's total is our inclusive counts. (Recordings of an answer alone are partly made up: their totals are not sums.)
  if (totalTokens !== null && request && reading.completionTokens > 0) {
    expect({ id, total: actual.promptTokens + actual.completionTokens }).toEqual({ id, total: totalTokens });
  }
}

// ---- bytes to answer ----

function play(
  bytes: Uint8Array,
  splits: readonly number[],
  context: UpstreamContext,
  reason: 'upstream-end' | 'upstream-cut',
) {
  const sse = openSseReader();
  const decoder = upstream.openDecoder(context);
  const fold = openFold();
  const utf8 = new TextDecoder();
  const sink = (data: string, event: string | undefined): void => {
    for (const each of decoder.push({ data, event })) fold.push(each);
  };
  let from = 0;
  for (const to of [...splits, bytes.length]) {
    if (to > from) sse.push(utf8.decode(bytes.subarray(from, to), { stream: true }), sink);
    from = Math.max(from, to);
  }
  sse.push(utf8.decode(), sink);
  sse.end(sink);
  const end = decoder.end(reason);
  for (const each of end.events) fold.push(each);
  return { response: fold.response(), outcome: end.outcome satisfies Outcome };
}

const counts = new Map<string, { passed: number; failed: number; explained: number }>();

function count(key: string, what: 'passed' | 'failed' | 'explained'): void {
  const row = counts.get(key) ?? { passed: 0, failed: 0, explained: 0 };
  row[what]++;
  counts.set(key, row);
}

/** Runs one check for each recording, counts, and fails at the end with all failures. */
function checkAll(
  name: string,
  recordings: readonly Recording[],
  check: (recording: Recording) => 'passed' | 'explained',
): void {
  const failures: string[] = [];
  for (const recording of recordings) {
    try {
      count(`${name} ${recording.provider}`, check(recording));
    } catch (thrown) {
      count(`${name} ${recording.provider}`, 'failed');
      failures.push(`${recording.id}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  expect(failures.slice(0, 20)).toEqual([]);
}

function isErrorReply({ response }: Recording): boolean {
  return (response.status ?? 200) >= 400;
}

const CODES = new Map([
  [400, ['provider.invalid_request', 'provider.credential', 'provider.context_length']],
  [403, ['provider.credential']],
  [404, ['provider.not_found']],
  [429, ['provider.rate_limited']],
]);

function checkError(recording: Recording): 'passed' {
  const { status, body, headers } = recording.response;
  const error = upstream.decodeError(
    { status: status ?? 0, body, headers, nowMs: 0 },
    contextOf(recording.model ?? 'm'),
  );
  expect(CODES.get(status ?? 0)).toContain(error.code);
  expect(error.code === 'provider.credential').toBe(/API key not valid|unregistered callers/.test(body));
  const delay = /"retryDelay": ?"(\d+)s"/.exec(body)?.[1];
  expect(error.details.retryAfterMs).toBe(delay === undefined ? undefined : Number(delay) * 1000);
  const [first] = objectsOf(body);
  expect(error.message).toContain(stringAt(objectAt(first ?? {}, 'error') ?? {}, 'message')?.slice(0, 60) ?? '?');
  return 'passed';
}

function checkWhole(recording: Recording): 'passed' | 'explained' {
  if (isErrorReply(recording)) return checkError(recording);
  const context = contextOf(recording.model ?? 'gemini-2.5-flash');
  const body: Json = JSON.parse(recording.response.body);
  if (isJsonObject(body) && 'expireTime' in body) {
    // Replies of `cachedContents.create`, filed under this endpoint by their path: no answer, so refused as such.
    expect(() => upstream.decodeResponse(body, context)).toThrow(GatewayError);
    return 'explained';
  }
  const objects = objectsOf(recording.response.body);
  const answer = upstream.decodeResponse(body, context);
  expectSame(answer, readNaively(objects), recording);
  const feedback = objectAt(objects[0] ?? {}, 'promptFeedback');
  if (feedback?.['blockReason'] && !objects[0]?.['candidates']) {
    expect(answer.choices).toHaveLength(1);
    expect(answer.choices[0]?.finishReason).toBe('content_filter');
  }
  return 'passed';
}

function checkStream(recording: Recording): 'passed' | 'explained' {
  if (isErrorReply(recording)) return checkError(recording);
  const context = contextOf(recording.model ?? 'gemini-2.5-flash');
  const { body } = recording.response;
  const objects = objectsOf(body);
  const reading = readNaively(objects);
  if (!body.trimStart().startsWith('data:')) {
    // Asked for without `alt=sse`: one JSON array.
    expectSame(upstream.decodeResponse(JSON.parse(body), context), reading, recording);
    return 'passed';
  }
  const bytes = new TextEncoder().encode(body);
  const random = seededRandom(bytes.length);
  const somewhere = (): number => Math.floor(random.next() * bytes.length);
  const whole = play(bytes, [], context, 'upstream-end');
  expectSame(whole.response, reading, recording);
  expect(whole.outcome).toBe('complete');
  const splitsTried = [
    Array.from(bytes, (_, i) => i),
    Array.from({ length: 40 }, somewhere).sort((a, b) => a - b),
    Array.from({ length: 7 }, somewhere).sort((a, b) => a - b),
  ];
  for (const splits of splitsTried) expect(play(bytes, splits, context, 'upstream-end')).toEqual(whole);
  expect(play(bytes, [], context, 'upstream-cut').outcome).toMatchObject({ code: 'provider.truncated' });
  const lastEvent = body.lastIndexOf('data:');
  const cuts = [0, 1, lastEvent, lastEvent + 20, body.trimEnd().length - 1, ...Array.from({ length: 24 }, somewhere)];
  for (const cut of cuts) {
    const part = body.slice(0, Math.min(cut, body.trimEnd().length - 1));
    expect(play(new TextEncoder().encode(part), [], context, 'upstream-cut').outcome).not.toBe('complete');
    // Where the connection ends as if it were well: only a finish reason in an event that is whole can make it complete.
    const ended = play(new TextEncoder().encode(part), [], context, 'upstream-end').outcome;
    if (ended === 'complete') {
      const wholeEvents = part.slice(0, part.lastIndexOf('\n') + 1);
      expect(wholeEvents).toContain('finishReason');
    }
  }
  return 'passed';
}

describe.if(haveRecordings)('recorded Gemini replies', () => {
  test('whole replies decode to what they say', () => {
    checkAll('generateContent', [...recordingsOf('generateContent')], checkWhole);
  });
  test('streams decode to the same at every split, and no cut is complete', () => {
    checkAll('streamGenerateContent', [...recordingsOf('streamGenerateContent')], checkStream);
  });
  afterAll(() => {
    for (const [key, row] of [...counts].sort(([a], [b]) => a.localeCompare(b))) {
      console.log(`${key}: ${row.passed} passed, ${row.failed} failed, ${row.explained} explained`);
    }
  });
});
