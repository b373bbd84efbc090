/**
 * A stream that ends at any of its bytes, in every grammar, through both lanes: complete is only what has all of its text and
 * its end. Without sockets, by the reader that reads them (every-cut.test.ts: over HTTP, with the books).
 */
import { describe, expect, test } from 'bun:test';
import { builtDialects } from '../../src/compose.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/index.ts';
import type { ClientDialect, Framing, RelayStream } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/index.ts';
import { openAiChat } from '../../src/dialects/openai-chat/index.ts';
import { openAiResponses } from '../../src/dialects/openai-responses/index.ts';
import { contextWith, testHead } from '../../src/dialects/shared/testing/context.ts';
import { openFrames } from '../../src/pipeline/framing.ts';
import { openLane } from '../../src/pipeline/lane.ts';
import { LiveStream } from '../../src/pipeline/live-stream.ts';
import { everyUpstream } from '../kit/sim-lab.ts';
import { streamOf } from '../kit/sim-streams.ts';

const TEXT = 'ä 🚂';

type Dialect = (typeof everyUpstream)[number]['dialect'];
type End = 'ended' | 'broken';
const ENDS: readonly End[] = ['ended', 'broken'];

/** What no prefix may lack that is taken for whole: where it ended by itself, and where its connection broke. */
const PROOFS: Readonly<Record<Dialect, Readonly<Record<End, string | null>>>> = {
  'openai-chat': { ended: '"finish_reason":"stop"', broken: 'data: [DONE]' },
  'anthropic-messages': { ended: 'data: {"type":"message_stop"}', broken: 'data: {"type":"message_stop"}' },
  // Usage may follow the reason to finish, and nothing says that it was the last word.
  gemini: { ended: '"finishReason":"STOP"', broken: null },
  'openai-responses': { ended: 'data: {"type":"response.completed"', broken: 'data: {"type":"response.completed"' },
  'bedrock-converse': { ended: '{"stopReason":"end_turn"}', broken: '{"usage":' },
  cohere: { ended: '"finish_reason":"COMPLETE"', broken: '"finish_reason":"COMPLETE"' },
  ollama: { ended: '"done":true', broken: '"done":true' },
};

/** What tells a client that its answer is whole. */
const SUCCESS = /data: \[DONE\]|message_stop|response\.completed|"finishReason":"STOP"/;

interface Face {
  readonly client: string;
  open(upstream: (typeof builtDialects)[number]): RelayStream;
}

function face<Wire>(dialect: ClientDialect<Wire>, body: JsonObject): Face {
  const wire = dialect.client.parseRequest(body);
  return {
    client: dialect.id,
    open(upstream) {
      const endpoint = { contextLength: 1e6, maxOutputTokens: null, inputModalities: [], outputModalities: [] };
      const provider = { dialect: upstream, name: 'Host' };
      const lane = openLane(
        { dialect, wire, head: testHead, stream: true },
        { context: contextWith(), endpoint, provider },
      );
      lane.encodeRequest();
      return lane.streams.open();
    },
  };
}

const messages = [{ role: 'user', content: TEXT }];
const faces: readonly Face[] = [
  face(openAiChat, { model: 'm', stream: true, messages }),
  face(anthropicMessages, { model: 'm', stream: true, max_tokens: 9, messages }),
  face(gemini, { model: 'm', stream: true, alt: 'sse', contents: [{ role: 'user', parts: [{ text: TEXT }] }] }),
  face(openAiResponses, { model: 'm', stream: true, input: TEXT }),
];

/** Each grammar relayed where it has a client face, and translated into another. */
const lanes = everyUpstream.flatMap(({ dialect }) => {
  const relay = faces.find(({ client }) => client === dialect);
  const other = faces.find(({ client }) => client !== dialect);
  return [relay, other].flatMap((client) => (client ? [[dialect, client.client, client] as const] : []));
});

const never = { move: () => {}, cancel: () => {} };
const noLimits = { idleMs: 1e9, contentIdleMs: 1e9, totalAtMs: 1e15 };

/** What a client gets, and how it ended. */
async function play(lane: RelayStream, bytes: Uint8Array, framing: Framing, end: End) {
  const pieces = bytes.length > 0 ? [bytes] : [];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else if (end === 'ended') controller.close();
      else controller.error(Object.assign(new TypeError('The socket was closed.'), { code: 'ECONNRESET' }));
    },
  });
  const live = new LiveStream({
    body,
    lane,
    frames: openFrames(framing),
    abort: new AbortController(),
    deadline: never,
    limits: noLimits,
    clock: { now: () => 0 },
    providerName: 'Host',
  });
  let text = '';
  while (!live.end) text += (await live.next()) ?? '';
  return { text: text + live.end.text, outcome: live.end.outcome };
}

describe.each(lanes)('%s, for a client of %s', (dialect, _, client) => {
  const upstream = builtDialects.find(({ id }) => id === dialect);
  if (!upstream) throw new Error(`no dialect ${dialect}`);
  const whole = streamOf(dialect, TEXT);

  test.each(ENDS)('%s at every byte', async (end) => {
    const complete: number[] = [];
    const wrong: unknown[] = [];
    for (let at = 0; at <= whole.length; at++) {
      const lane = client.open(upstream);
      const { text, outcome } = await play(lane, whole.subarray(0, at), upstream.framing ?? 'sse', end);
      const { deliveredCharacters, finishReason } = lane.meter;
      if (outcome !== 'complete') {
        const said = text + lane.fail(outcome);
        if (outcome.code !== 'provider.truncated' || SUCCESS.test(said)) wrong.push([at, outcome.code, said]);
      } else if (deliveredCharacters === TEXT.length && finishReason === 'stop') complete.push(at);
      else wrong.push([at, deliveredCharacters, finishReason]);
    }
    expect(wrong).toEqual([]);
    const proof = PROOFS[dialect][end];
    if (proof === null) return expect(complete).toEqual([]);
    expect(whole.indexOf(proof)).toBeGreaterThan(0);
    expect(complete[0]).toBeGreaterThanOrEqual(whole.indexOf(proof) + proof.length);
    expect(complete.at(-1)).toBe(whole.length);
  });
});
