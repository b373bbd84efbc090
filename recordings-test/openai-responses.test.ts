/**
 * Every recorded Responses exchange against the upstream face: replies, streams and errors. What must come out is read from the
 * recording by a naive reader (naive-responses.ts) that shares no code with the dialect.
 */
import { describe, expect, test } from 'bun:test';
import type { ChatResponse, Choice } from '../src/core/chat.ts';
import { GatewayError } from '../src/core/errors.ts';
import { seededRandom } from '../src/core/ids.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject } from '../src/core/json.ts';
import { countOf } from '../src/core/usage.ts';
import { openAiResponses } from '../src/dialects/openai-responses/index.ts';
import { type NaiveResponse, readResponse, readResponseStream } from './naive-responses.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { checkEach, play, splitsOf } from './replay-kit.ts';
import { responsesContextOf } from './responses-host.ts';

const { upstream } = openAiResponses;

/** Whole replies that are no answer: a background response is fetched later, by its id, from where it is stored. */
const IN_BACKGROUND: ReadonlySet<string> = new Set([
  'openai_responses_7327dd4c4914d4',
  'openai_responses_9c559b48acaac0',
  'openai_responses_f92052df3a317f',
]);

/** Cut short by its project: the pieces say another text than the whole. What was streamed stands. */
const CONTRADICTS_ITSELF = 'openai_responses_17d6d293150561';

function answerOf(response: ChatResponse): Omit<NaiveResponse, 'reasoning'> & { readonly reasoning: string } {
  const [choice] = response.choices;
  const encrypted = choice?.reasoningDetails.filter(({ type }) => type === 'reasoning.encrypted') ?? [];
  return {
    text: choice?.content ?? '',
    refusal: choice?.refusal ?? '',
    calls: (choice?.toolCalls ?? []).map((call) => [call.name, call.arguments]),
    reasoning: choice?.reasoning ?? '',
    encrypted: encrypted.length,
    images: choice?.images.length ?? 0,
    annotations: choice?.annotations.length ?? 0,
    finish: choice?.finishReason ?? '',
    usage: response.usage
      ? {
          prompt: countOf(response.usage, 'promptTokens'),
          completion: countOf(response.usage, 'completionTokens'),
          cached: countOf(response.usage, 'cachedTokens'),
        }
      : null,
  };
}

function expectAnswer(response: ChatResponse, naive: NaiveResponse): void {
  expect(answerOf(response)).toEqual({ ...naive, reasoning: naive.reasoning.join('\n\n') });
  const ids = response.choices.flatMap(({ toolCalls }) => toolCalls.map(({ id }) => id));
  expect(ids.every((id) => id.length > 0) && new Set(ids).size === ids.length).toBe(true);
}

/** What a stream and its final object say alike: each encrypts anew, some hosts give other ids, and round numbers otherwise. */
function comparable({ choices, usage, serviceTier }: ChatResponse): unknown {
  return { choices: choices.map(comparableChoice), usage, serviceTier };
}

function comparableChoice(choice: Choice): unknown {
  const { order: _, logprobs, ...kept } = choice;
  return {
    ...kept,
    tokens:
      isJsonObject(logprobs) &&
      (arrayAt(logprobs, 'content') ?? []).map((token) => isJsonObject(token) && token['token']),
    reasoningDetails: kept.reasoningDetails.map((detail) => ({
      ...detail,
      id: detail.id ? 'id' : null,
      ...(detail.type === 'reasoning.encrypted' && { data: '' }),
    })),
  };
}

function checkStream(recording: Recording): void {
  const context = responsesContextOf(recording);
  const { body } = recording.response;
  const bytes = new TextEncoder().encode(body);
  const naive = readResponseStream(body);
  const whole = play(openAiResponses, bytes, [], context, 'upstream-end');
  for (const splits of splitsOf(bytes.length)) {
    expect(play(openAiResponses, bytes, splits, context, 'upstream-end')).toEqual(whole);
  }
  if (naive.hasFailed || !naive.final) expect(whole.outcome).toBeInstanceOf(GatewayError);
  else {
    expect(whole.outcome).toBe('complete');
    if (recording.id === CONTRADICTS_ITSELF) {
      expect(whole.response.choices[0]?.content).toBe('The command ran successfully.');
      return;
    }
    expectAnswer(whole.response, readResponse(naive.final, naive.items));
    const final = upstream.decodeResponse({ ...naive.final, output: naive.items }, context);
    expect(comparable(whole.response)).toEqual(comparable(final));
  }
  const random = seededRandom(bytes.length);
  for (let i = 0; i < 24; i++) {
    // Half of the cuts fall anywhere, half near the end, where the proof stands.
    const reach = i % 2 === 0 ? bytes.length : Math.min(bytes.length, 3000);
    const kept = bytes.subarray(0, bytes.length - 1 - Math.floor(random.next() * (reach - 1)));
    const isProved = readResponseStream(new TextDecoder().decode(kept)).final !== null;
    const { outcome } = play(openAiResponses, kept, [], context, i % 4 < 2 ? 'upstream-cut' : 'upstream-end');
    if (!isProved) expect(outcome).not.toBe('complete');
  }
}

function checkWhole(recording: Recording, body: Json): void {
  const context = responsesContextOf(recording);
  if (!isJsonObject(body) || IN_BACKGROUND.has(recording.id)) {
    expect(() => upstream.decodeResponse(body, context)).toThrow(GatewayError);
    return;
  }
  expectAnswer(upstream.decodeResponse(body, context), readResponse(body));
}

/** Words of the recorded errors → what they mean. */
const ERROR_CODES: readonly (readonly [RegExp, string])[] = [
  [/incorrect api key/i, 'provider.credential'],
  [/does not exist|is not supported with the Responses API|Model not found/, 'provider.not_found'],
  [/./, 'provider.invalid_request'],
];

function checkError(recording: Recording, status: number): void {
  const { body, headers } = recording.response;
  const error = upstream.decodeError({ status, body, headers, nowMs: 0 }, responsesContextOf(recording));
  const [, wanted] = ERROR_CODES.find(([words]) => words.test(body)) ?? [];
  expect<string | undefined>(error.code).toBe(wanted);
  expect([401, 402]).not.toContain(error.status);
  expect(error.message).not.toMatch(/\bsk-[A-Za-z0-9]/);
}

function parseWhole(text: string): JsonObject | Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe.skipIf(!haveRecordings)('recorded Responses exchanges', () => {
  test('every reply, stream and error means what a naive reading says', () => {
    const tally = new Map<string, number>();
    const count = (what: string): unknown => tally.set(what, (tally.get(what) ?? 0) + 1);
    checkEach(recordingsOf('responses'), (recording) => {
      const { status, body } = recording.response;
      const whole = parseWhole(body);
      const isError = status !== null && status >= 400;
      count(`${recording.provider} ${isError ? 'errors' : whole === undefined ? 'streams' : 'whole'}`);
      if (isError) return checkError(recording, status);
      return whole === undefined ? checkStream(recording) : checkWhole(recording, whole);
    });
    console.log(`openai-responses: ${[...tally].map(([what, number]) => `${number} ${what}`).join(', ')}`);
    expect(tally.size).toBeGreaterThan(0);
  }, 60_000);
});

test.if(!haveRecordings)('no recordings: nothing to replay', () => {
  expect(haveRecordings).toBe(false);
});
