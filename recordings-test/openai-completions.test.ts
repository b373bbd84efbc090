/** Recorded completions (and Mistral's fill-in-the-middle), in both lanes, compared with a naive reading of the same bytes. */
import { describe, expect, test } from 'bun:test';
import type { ChatResponse } from '../src/core/chat.ts';
import { GatewayError } from '../src/core/errors.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../src/core/json.ts';
import type { RelayContext, ReplyHead, SettledUsage } from '../src/dialects/dialect.ts';
import { openAiCompletions } from '../src/dialects/openai-completions/index.ts';
import { parseCompletionRequest, type WireCompletionRequest } from '../src/dialects/openai-completions/wire-types.ts';
import { openFrames } from '../src/pipeline/framing.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { checkEach, play, splitsOf } from './replay-kit.ts';

const { client, upstream, relay } = openAiCompletions;

const head: ReplyHead = {
  id: 'gen-1-a',
  createdSeconds: 1,
  model: 'author/model',
  providerName: 'Host',
  excludeReasoning: false,
};
const settled: SettledUsage = {
  usage: { counts: { promptTokens: 1, completionTokens: 2 }, estimated: false },
  costNanoUsd: 3n,
  promptCostNanoUsd: 1n,
  completionCostNanoUsd: 2n,
  isByok: false,
};

function contextOf(wire: WireCompletionRequest): RelayContext<WireCompletionRequest> {
  return {
    upstreamModel: 'model-1',
    traits: {},
    host: {
      providerId: 'host',
      providerName: 'Host',
      usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
      quirks: {},
    },
    head,
    wire,
  };
}

interface Reading {
  readonly texts: readonly string[];
  readonly finishes: readonly (string | null)[];
  readonly completionTokens: number | null;
}

/** All objects in order, as plainly as they can be read: chat's place for the text is Mistral's. */
function readNaively(objects: readonly JsonObject[]): Reading {
  const texts: string[] = [];
  const finishes: (string | null)[] = [];
  let completionTokens: number | null = null;
  for (const object of objects) {
    const usage = objectAt(object, 'usage');
    // An answer of nothing is left uncounted by some.
    const rest = (numberAt(usage ?? {}, 'total_tokens') ?? 0) - (numberAt(usage ?? {}, 'prompt_tokens') ?? 0);
    if (usage) completionTokens = numberAt(usage, 'completion_tokens') ?? rest;
    for (const choice of (arrayAt(object, 'choices') ?? []).filter(isJsonObject)) {
      const index = numberAt(choice, 'index') ?? 0;
      const inner = objectAt(choice, 'delta') ?? objectAt(choice, 'message') ?? {};
      texts[index] = (texts[index] ?? '') + (stringAt(choice, 'text') ?? stringAt(inner, 'content') ?? '');
      finishes[index] = stringAt(choice, 'finish_reason') ?? finishes[index] ?? null;
    }
  }
  return { texts, finishes, completionTokens };
}

function readAnswer({ choices, usage }: ChatResponse): Reading {
  return {
    texts: choices.map(({ content }) => content ?? ''),
    finishes: choices.map(({ nativeFinishReason }) => nativeFinishReason),
    completionTokens: usage?.counts.completionTokens ?? null,
  };
}

function objectsOf(body: string): JsonObject[] {
  const lines = body.split(/\r?\n/).filter((line) => line.startsWith('data:') && !line.includes('[DONE]'));
  return lines.map((line): Json => JSON.parse(line.slice(5))).filter(isJsonObject);
}

/** What the relay sends on, played at these places; `skims` as the pipeline does. */
function relayed(
  bytes: Uint8Array,
  splits: readonly number[],
  context: RelayContext<WireCompletionRequest>,
  skims = true,
) {
  const frames = openFrames('sse');
  const stream = relay.openRelay(context);
  const pieces: string[] = [];
  const sink = (data: string, event: string | undefined): void => {
    pieces.push(stream.push(data, event));
  };
  const skim = (piece: string, at: number): number =>
    stream.skim && skims && !stream.failure && !stream.isTerminated ? stream.skim(piece, at, pieces) : at;
  let from = 0;
  for (const to of [...splits, bytes.length]) {
    if (to > from) frames.push(bytes.subarray(from, to), sink, skim);
    from = Math.max(from, to);
  }
  frames.end(sink);
  const end = stream.end('upstream-end');
  return { text: pieces.join('') + end.text + stream.final(settled), outcome: end.outcome, meter: { ...stream.meter } };
}

function checkStream(body: string, context: RelayContext<WireCompletionRequest>): void {
  const bytes = new TextEncoder().encode(body);
  const reading = readNaively(objectsOf(body));
  const whole = play(openAiCompletions, bytes, [], context, 'upstream-end');
  expect(whole.outcome).toBe('complete');
  expect(readAnswer(whole.response)).toEqual(reading);
  const sent = relayed(bytes, [], context, false);
  expect(relayed(bytes, [], context)).toEqual(sent);
  expect(sent.outcome).toBe('complete');
  expect(sent.meter.deliveredCharacters).toBe(reading.texts.join('').length);
  expect(sent.meter.usage?.counts.completionTokens ?? null).toBe(reading.completionTokens);
  const frames = objectsOf(sent.text);
  expect(readNaively(frames).texts).toEqual([...reading.texts]);
  for (const frame of frames)
    expect(frame).toMatchObject({ id: head.id, object: 'text_completion', model: head.model });
  expect(frames.filter((frame) => frame['usage'])).toHaveLength(1);
  expect(sent.text).toEndWith('data: [DONE]\n\n');
  for (const splits of splitsOf(bytes.length)) {
    expect(play(openAiCompletions, bytes, splits, context, 'upstream-end')).toEqual(whole);
    expect(relayed(bytes, splits, context)).toEqual(sent);
  }
  const firstEnd = body.search(/"finish_reason": ?"/);
  for (const cut of [0, 1, Math.floor(firstEnd / 2), firstEnd]) {
    const part = new TextEncoder().encode(body.slice(0, cut));
    for (const reason of ['upstream-cut', 'upstream-end'] as const) {
      expect(play(openAiCompletions, part, [], context, reason).outcome).toBeInstanceOf(GatewayError);
    }
    expect(relayed(part, [], context).outcome).toBeInstanceOf(GatewayError);
  }
}

function checkWhole(body: Json, context: RelayContext<WireCompletionRequest>): void {
  if (!isJsonObject(body)) throw new Error('not an object');
  const reading = readNaively([body]);
  expect(readAnswer(upstream.decodeResponse(body, context))).toEqual(reading);
  const { response, encode } = relay.relayResponse(body, context);
  expect(readAnswer(response)).toEqual(reading);
  const sent = encode(settled);
  expect(sent).toMatchObject({ id: head.id, object: 'text_completion', model: head.model, usage: { cost: 3e-9 } });
  expect(readNaively([sent]).texts).toEqual([...reading.texts]);
  // The chances are the host's own, by value.
  const chances = (wire: JsonObject) =>
    (arrayAt(wire, 'choices') ?? []).map((each) => isJsonObject(each) && (each['logprobs'] ?? null));
  expect(chances(sent)).toEqual(chances(body));
}

function* completions(): Generator<Recording> {
  for (const endpoint of ['completions', 'fim']) {
    for (const recording of recordingsOf(endpoint)) {
      // Other grammars at a path of this name.
      const url = recording.request?.url ?? '';
      if (/\/agents\/|\/v1\/generate$|\/api\/generate$|\/organization\//.test(url)) continue;
      yield recording;
    }
  }
}

function check({ request, response: { status, body, headers }, stream }: Recording): void {
  const wire = parseCompletionRequest(request?.body ?? null);
  const context = contextOf(wire);
  if ((status ?? 200) >= 400) {
    const error = upstream.decodeError({ status: status ?? 0, body, headers, nowMs: 0 }, context);
    expect(['provider.invalid_request', 'provider.credential']).toContain(error.code);
    return;
  }
  if (stream || body.startsWith('data:')) checkStream(body, context);
  else checkWhole(JSON.parse(body), context);
}

describe.if(haveRecordings)('recorded completions', () => {
  test('are the same in both lanes, whole and at any split; no cut is complete', () => {
    expect(checkEach(completions(), check)).toBe(77);
  });

  test('requests are relayed with nothing lost', () => {
    checkEach(completions(), ({ request }) => {
      const wire = parseCompletionRequest(request?.body ?? null);
      const { value, notes } = relay.retarget(wire, contextOf(wire));
      expect(notes).toEqual([]);
      // Whole replies are what hosts give unasked.
      const said = Object.entries(wire).filter(([, member]) => member !== null && member !== false);
      for (const [field, member] of said) {
        expect({ field, member: value.body[field] }).toEqual({ field, member: field === 'model' ? 'model-1' : member });
      }
    });
  });

  test('and said in a chat, unless only completions can', () => {
    let sayable = 0;
    checkEach(completions(), ({ request }) => {
      const wire = parseCompletionRequest(request?.body ?? null);
      const texts = typeof wire.prompt === 'string' ? [wire.prompt] : (wire.prompt ?? []);
      const isPlain = wire.suffix === undefined && texts.length === 1 && typeof texts[0] === 'string';
      if (!isPlain) {
        expect(() => client.decodeRequest(wire)).toThrow(GatewayError);
        return;
      }
      sayable++;
      const { value } = client.decodeRequest(wire);
      expect(value.messages).toMatchObject([{ role: 'user', content: [{ text: texts[0] }] }]);
    });
    expect(sayable).toBeGreaterThan(60);
  });
});
