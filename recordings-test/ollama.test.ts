/** Recorded traffic of Ollama's native chat API, compared with an independent naive reading of the same lines. */
import { describe, expect, test } from 'bun:test';
import type { ChatResponse } from '../src/core/chat.ts';
import { GatewayError } from '../src/core/errors.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../src/core/json.ts';
import type { UpstreamContext } from '../src/dialects/dialect.ts';
import { ollama } from '../src/dialects/ollama/index.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { checkEach, play, splitsOf } from './replay-kit.ts';

const { upstream } = ollama;

const context: UpstreamContext = {
  upstreamModel: 'qwen3:4b',
  traits: {},
  host: {
    providerId: 'lab',
    providerName: 'Lab',
    usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
    quirks: {},
  },
};

function linesOf(body: string): JsonObject[] {
  return body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Json => JSON.parse(line))
    .filter(isJsonObject);
}

/** Everything said, line by line, as plainly as it can be read. */
function readLines(lines: readonly JsonObject[]) {
  const said = { text: '', thinking: '', calls: [] as { name: string; args: Json }[] };
  for (const line of lines) {
    const message = objectAt(line, 'message') ?? {};
    said.text += stringAt(message, 'content') ?? '';
    said.thinking += stringAt(message, 'thinking') ?? '';
    for (const call of arrayAt(message, 'tool_calls') ?? []) {
      const fn = isJsonObject(call) ? (objectAt(call, 'function') ?? {}) : {};
      said.calls.push({ name: String(fn['name']), args: fn['arguments'] ?? {} });
    }
  }
  const last = lines.at(-1) ?? {};
  const { done_reason: finish, prompt_eval_count: promptTokens, eval_count: completionTokens } = last;
  // Half of the counts make no bill: the exchange is then estimated.
  const isCounted = promptTokens !== undefined && completionTokens !== undefined;
  return { ...said, finish, ...(isCounted ? { promptTokens, completionTokens } : {}) };
}

function readAnswer({ choices: [choice], usage }: ChatResponse): ReturnType<typeof readLines> {
  return {
    text: choice?.content ?? '',
    thinking: choice?.reasoning ?? '',
    calls: (choice?.toolCalls ?? []).map(({ name, arguments: written }) => ({ name, args: JSON.parse(written) })),
    finish: choice?.nativeFinishReason ?? undefined,
    ...(usage && { promptTokens: usage.counts.promptTokens, completionTokens: usage.counts.completionTokens }),
  };
}

function expectSame(response: ChatResponse, lines: readonly JsonObject[]): void {
  const reading = readLines(lines);
  expect(readAnswer(response)).toEqual(reading);
  const [choice] = response.choices;
  const expected = reading.calls.length > 0 ? 'tool_calls' : String(reading.finish);
  expect(choice?.finishReason).toBe(
    expected === 'length' ? 'length' : expected === 'tool_calls' ? 'tool_calls' : 'stop',
  );
  const ids = (choice?.toolCalls ?? []).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
}

function check({ response: { status, body, headers } }: Recording): void {
  if (status !== 200) {
    const error = upstream.decodeError({ status: status ?? 0, body, headers, nowMs: 0 }, context);
    expect(error.code).toBe('provider.not_found');
    expect(error.message).toContain("model 'nonexistent-model:latest' not found");
    return;
  }
  const lines = linesOf(body);
  if (lines.length === 1) expectSame(upstream.decodeResponse(lines[0] ?? null, context), lines);
  const bytes = new TextEncoder().encode(body);
  const whole = play(ollama, bytes, [], context, 'upstream-end');
  expect(whole.outcome).toBe('complete');
  expectSame(whole.response, lines);
  for (const splits of splitsOf(bytes.length)) {
    expect(play(ollama, bytes, splits, context, 'upstream-end')).toEqual(whole);
  }
  const last = body.trimEnd().length - 1;
  for (const cut of [0, 1, Math.floor(last / 2), body.lastIndexOf('\n', last), last]) {
    const part = new TextEncoder().encode(body.slice(0, Math.max(0, cut)));
    for (const reason of ['upstream-cut', 'upstream-end'] as const) {
      expect(play(ollama, part, [], context, reason).outcome).toBeInstanceOf(GatewayError);
    }
  }
}

describe.if(haveRecordings)('recorded chat of Ollama', () => {
  test('replies decode to what they say, whole and at any split; no cut is complete', () => {
    expect(checkEach(recordingsOf('ollama.chat'), check)).toBe(46);
  });
});
