/** Recorded chat traffic of Cohere's version 2, compared with an independent naive reading of the same bytes. */
import { describe, expect, test } from 'bun:test';
import type { ChatResponse } from '../src/core/chat.ts';
import { GatewayError } from '../src/core/errors.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../src/core/json.ts';
import { cohere } from '../src/dialects/cohere/index.ts';
import type { UpstreamContext } from '../src/dialects/dialect.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { checkEach, play, splitsOf } from './replay-kit.ts';

const { upstream } = cohere;

const context: UpstreamContext = {
  upstreamModel: 'command-a-03-2025',
  traits: {},
  host: {
    providerId: 'cohere',
    providerName: 'Cohere',
    usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
    quirks: {},
  },
};

interface Reading {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: Json }[];
  readonly quotes: readonly string[];
  readonly finish: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the two. */
  readonly billed: readonly number[];
}

function eventsOf(body: string): JsonObject[] {
  return body
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:') && !line.includes('[DONE]'))
    .map((line): Json => JSON.parse(line.slice(5)))
    .filter(isJsonObject);
}

/** Everything said, in the order of the lines, as plainly as it can be read. */
function readStream(body: string): Reading {
  let text = '';
  let reasoning = '';
  let end: JsonObject = {};
  const calls: { id: string; name: string; written: string }[] = [];
  const quotes: string[] = [];
  for (const event of eventsOf(body)) {
    const message = objectAt(objectAt(event, 'delta') ?? {}, 'message') ?? {};
    const content = objectAt(message, 'content') ?? {};
    const call = objectAt(message, 'tool_calls') ?? {};
    const fn = objectAt(call, 'function') ?? {};
    text += stringAt(content, 'text') ?? '';
    reasoning +=
      stringAt(content, 'thinking') ??
      (event['type'] === 'tool-plan-delta' ? stringAt(message, 'tool_plan') : '') ??
      '';
    if (event['type'] === 'tool-call-start')
      calls.push({ id: String(call['id']), name: String(fn['name']), written: '' });
    if (event['type'] === 'tool-call-delta') (calls.at(-1) ?? { written: '' }).written += String(fn['arguments']);
    if (event['type'] === 'citation-start') quotes.push(String(objectAt(message, 'citations')?.['text']));
    if (event['type'] === 'message-end') end = objectAt(event, 'delta') ?? {};
  }
  return finish(end, {
    text,
    reasoning,
    calls: calls.map(({ id, name, written }) => ({ id, name, args: JSON.parse(written || '{}') })),
    quotes,
  });
}

function readWhole(body: JsonObject): Reading {
  const message = objectAt(body, 'message') ?? {};
  const blocks = (arrayAt(message, 'content') ?? []).filter(isJsonObject);
  const calls = (arrayAt(message, 'tool_calls') ?? []).filter(isJsonObject);
  const said = (key: string): string => blocks.map((block) => stringAt(block, key) ?? '').join('');
  return finish(body, {
    text: said('text'),
    reasoning: said('thinking') + (stringAt(message, 'tool_plan') ?? ''),
    calls: calls.map((call) => {
      const fn = objectAt(call, 'function') ?? {};
      return { id: String(call['id']), name: String(fn['name']), args: JSON.parse(String(fn['arguments'] ?? '{}')) };
    }),
    quotes: (arrayAt(message, 'citations') ?? []).filter(isJsonObject).map((citation) => String(citation['text'])),
  });
}

function finish(end: JsonObject, said: Pick<Reading, 'text' | 'reasoning' | 'calls' | 'quotes'>): Reading {
  const usage = objectAt(end, 'usage') ?? {};
  const tokens = objectAt(usage, 'tokens') ?? {};
  const billed = objectAt(usage, 'billed_units') ?? {};
  return {
    ...said,
    finish: String(end['finish_reason']),
    promptTokens: (numberAt(tokens, 'input_tokens') ?? -1) + (numberAt(tokens, 'image_tokens') ?? 0),
    completionTokens: numberAt(tokens, 'output_tokens') ?? -1,
    billed: [numberAt(billed, 'input_tokens') ?? -1, numberAt(billed, 'output_tokens') ?? -1],
  };
}

function readAnswer({ choices, usage }: ChatResponse): Reading {
  const [choice] = choices;
  const text = choice?.content ?? '';
  const inner = (choice?.annotations ?? []).map((each) => {
    const annotation: JsonObject = isJsonObject(each) ? each : {};
    return objectAt(annotation, String(annotation['type'])) ?? {};
  });
  for (const { quote, start_index: start, end_index: end } of inner) {
    // The positions are those of the quote, wherever the block that they count in begins.
    expect(text.slice(Number(start), Number(end))).toBe(String(quote));
  }
  const { promptTokens = -1, completionTokens = -1, ...counts } = usage?.counts ?? {};
  const { billedPromptTokens = promptTokens, billedCompletionTokens = completionTokens } = counts;
  // A citation with several sources is one annotation for each.
  const quotes = inner.map(({ quote }) => String(quote));
  return {
    text,
    reasoning: choice?.reasoning ?? '',
    calls: (choice?.toolCalls ?? []).map(({ id, name, arguments: written }) => ({
      id,
      name,
      args: JSON.parse(written),
    })),
    quotes: quotes.filter((quote, i) => quote !== quotes[i - 1]),
    finish: choice?.nativeFinishReason ?? '',
    promptTokens,
    completionTokens,
    billed: [billedPromptTokens, billedCompletionTokens],
  };
}

/** Version 1 of the API is another grammar, with the same path but for the version. */
function* versionTwo(): Generator<Recording> {
  for (const recording of recordingsOf('cohere.chat')) if (!recording.request?.url.includes('/v1/')) yield recording;
}

const FINISH: Readonly<Record<string, string>> = { COMPLETE: 'stop', MAX_TOKENS: 'length', TOOL_CALL: 'tool_calls' };

function expectSame(response: ChatResponse, reading: Reading): void {
  expect(readAnswer(response)).toEqual(reading);
  expect(FINISH[reading.finish]).toBe(response.choices[0]?.finishReason ?? '?');
  const counts = response.usage?.counts;
  expect(counts?.cachedTokens ?? 0).toBeLessThanOrEqual(counts?.promptTokens ?? 0);
}

function checkStream({ response: { body } }: Recording): void {
  const bytes = new TextEncoder().encode(body);
  const whole = play(cohere, bytes, [], context, 'upstream-end');
  expect(whole.outcome).toBe('complete');
  expectSame(whole.response, readStream(body));
  for (const splits of splitsOf(bytes.length)) {
    expect(play(cohere, bytes, splits, context, 'upstream-end')).toEqual(whole);
  }
  const end = body.indexOf('"message-end"');
  const lineEnd = body.indexOf('\n', end);
  const cuts = [0, 1, Math.floor(end / 2), body.lastIndexOf('data:', end), lineEnd - 1];
  for (const cut of cuts) {
    const part = new TextEncoder().encode(body.slice(0, cut));
    for (const reason of ['upstream-cut', 'upstream-end'] as const) {
      expect(play(cohere, part, [], context, reason).outcome).toBeInstanceOf(GatewayError);
    }
  }
}

describe.if(haveRecordings)('recorded chat of Cohere', () => {
  test('replies decode to what they say, whole and at any split; no cut is complete', () => {
    const count = checkEach(versionTwo(), (recording) => {
      if (recording.stream) checkStream(recording);
      else {
        const body: Json = JSON.parse(recording.response.body);
        expectSame(upstream.decodeResponse(body, context), readWhole(isJsonObject(body) ? body : {}));
      }
    });
    expect(count).toBe(88);
  });

  test('version 1 is refused as no answer of this grammar, and its errors are read', () => {
    checkEach(recordingsOf('cohere.chat'), ({ request, response: { status, body, headers } }) => {
      if (!request?.url.includes('/v1/')) return;
      if (status === 200) expect(() => upstream.decodeResponse(JSON.parse(body), context)).toThrow(GatewayError);
      else {
        const error = upstream.decodeError({ status: status ?? 0, body, headers, nowMs: 0 }, context);
        expect(error.code).toBe('provider.not_found');
        expect(error.message).toContain('was removed on September 15, 2025');
      }
    });
  });
});
