/**
 * A provider that fails, seen through every grammar that callers speak: the error is in the caller's own form and the last
 * word, nothing says success, and the answer, the record and the log tell the same.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../src/core/errors.ts';
import { eventsOf, type Face, type Loose } from '../conformance/face.ts';
import { anthropicMessagesFace } from '../conformance/faces/anthropic-messages.ts';
import { geminiFace } from '../conformance/faces/gemini.ts';
import { openAiChatFace } from '../conformance/faces/openai-chat.ts';
import { openAiCompletionsFace } from '../conformance/faces/openai-completions.ts';
import { openAiResponsesFace } from '../conformance/faces/openai-responses.ts';
import { booksOf, recordOf } from '../kit/fault-lab.ts';
import { generationOf, nanoUsd, settledGeneration, spendOf } from '../kit/generation.ts';
import { everyUpstream, simEntry } from '../kit/sim-lab.ts';
import { placeOf } from '../kit/sim-streams.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const TEXT = 'one two three four';
/** Nobody's own grammar but a provider's, and of binary frames: every face is translated. */
const UPSTREAM = 'bedrock-converse';

interface Spoken {
  readonly face: Face;
  /** Statuses that are this grammar's own. */
  readonly statuses?: Partial<Record<ErrorCode, number>>;
  /** The whole body of an error. */
  readonly body: z.ZodType;
  /** The events that end a stream that failed. */
  readonly last: readonly z.ZodType[];
  /** What only an answer that is whole has. */
  readonly success: RegExp;
  /** The text of one event. */
  textOf(event: Loose): string | undefined;
}

const typed = z.string().min(1);
const openRouterError = z.object({
  code: z.int(),
  message: typed,
  metadata: z.looseObject({ error_type: typed, provider_name: z.literal('Sim') }),
});
const chunk = (choice: z.ZodRawShape) =>
  z.looseObject({
    error: openRouterError,
    choices: z.tuple([z.looseObject({ ...choice, finish_reason: z.literal('error') })]),
  });
const anthropicError = z.looseObject({
  type: z.literal('error'),
  error: z.looseObject({ type: z.enum(['api_error', 'overloaded_error', 'timeout_error']), message: typed }),
});
const googleError = z.looseObject({
  error: z.looseObject({
    code: z.int(),
    message: typed,
    status: z.enum(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL']),
  }),
});
const responsesError = z.looseObject({ code: typed, message: typed });

const FACES: readonly Spoken[] = [
  {
    face: openAiChatFace,
    body: z.strictObject({ error: openRouterError }),
    last: [chunk({ delta: z.looseObject({}) })],
    success: /\[DONE\]|"usage"|"finish_reason":"stop"/,
    textOf: (event) => event.choices?.[0]?.delta?.content,
  },
  {
    face: openAiCompletionsFace,
    body: z.strictObject({ error: openRouterError }),
    last: [chunk({ text: z.string() })],
    success: /\[DONE\]|"usage"|"finish_reason":"stop"/,
    textOf: (event) => event.choices?.[0]?.text,
  },
  {
    face: openAiResponsesFace,
    body: z.strictObject({
      error: openRouterError.extend({ type: typed, param: z.string().nullable() }),
      metadata: z.null(),
    }),
    last: [
      responsesError.extend({ type: z.literal('error') }),
      z.looseObject({
        type: z.literal('response.failed'),
        response: z.looseObject({ status: z.literal('failed'), error: responsesError }),
      }),
    ],
    success: /response\.completed|response\.incomplete|"status":"completed"|\[DONE\]/,
    textOf: (event) => (event.type === 'response.output_text.delta' ? event.delta : undefined),
  },
  {
    face: anthropicMessagesFace,
    statuses: { 'provider.overloaded': 529 },
    body: anthropicError.extend({ request_id: typed }),
    last: [anthropicError],
    success: /message_stop|message_delta|end_turn/,
    textOf: (event) => event.delta?.text,
  },
  {
    face: geminiFace,
    body: googleError,
    last: [googleError],
    success: /"finishReason"/,
    textOf: (event) => event.candidates?.[0]?.content?.parts?.[0]?.text,
  },
];

interface Fault {
  readonly name: string;
  readonly options: string;
  readonly code: ErrorCode;
  /** What had left before; null where nothing had, so that the status tells. */
  readonly said: string | null;
}

const FAULTS: readonly Fault[] = [
  { name: 'an error before the answer', options: 'status=503', code: 'provider.overloaded', said: null },
  { name: 'an error first in the stream', options: 'error_after=0', code: 'provider.failed', said: null },
  { name: 'an error after the 200', options: 'first_byte_ms=300&status=503', code: 'provider.overloaded', said: '' },
  { name: 'an error after content', options: 'token_ms=1&error_after=2', code: 'provider.failed', said: 'one two' },
  {
    name: 'cut after content',
    options: `token_ms=1&cut=${placeOf(' three', UPSTREAM, TEXT) + 2}`,
    code: 'provider.truncated',
    said: 'one two',
  },
  { name: 'silence after content', options: 'stall=2', code: 'provider.timeout', said: 'one two' },
];

let gateway: Gateway;
beforeAll(async () => {
  const upstream = everyUpstream.find(({ dialect }) => dialect === UPSTREAM);
  if (!upstream) throw new Error(`no ${UPSTREAM}`);
  const entry = `${simEntry(upstream)}, timeouts: { first_byte_ms: 700, idle_ms: 250, total_ms: 1000 }`;
  gateway = await startGateway({ config: `commit_after_ms: 100\nproviders:\n  sim: { ${entry} }\n` });
});
afterAll(() => gateway.stop());

function send({ face }: Spoken, options: string, signal?: AbortSignal): Promise<Response> {
  const ask = { model: `sim/echo?${options}`, stream: true, turns: [{ role: 'user', text: TEXT } as const] };
  return fetch(gateway.url + face.path(ask), {
    method: 'POST',
    headers: { ...face.headers(gateway.apiKey), 'content-type': 'application/json' },
    body: JSON.stringify(face.body(ask)),
    ...(signal && { signal }),
  });
}

const settled: string[] = [];

/** The exchange's one line in the log. */
function lineOf(id: string): Loose {
  const lines = gateway.log().trim().split('\n');
  const own = lines.map((line): Loose => JSON.parse(line)).filter((line) => line.id === id);
  expect(own).toHaveLength(1);
  return own[0];
}

async function checkBooks(id: string, { code }: Fault): Promise<void> {
  settled.push(id);
  const { status } = ERRORS[code];
  expect(await generationOf(gateway, id)).toMatchObject({ total_cost: 0, finish_reason: 'error', cancelled: false });
  const record = await recordOf(gateway, id);
  expect(record).toMatchObject({ outcome: 'failed', status, error: code, attempts: [{ provider: 'Sim' }] });
  expect(lineOf(id)).toMatchObject({ level: 'info', streamed: true, status, error: code, costUsd: '0' });
}

describe.each(FACES.map((spoken) => [spoken.face.name, spoken] as const))('a client of %s', (_, spoken) => {
  const { face, statuses, body, last, success, textOf } = spoken;

  test.concurrent.each(FAULTS.map((fault) => [fault.name, fault] as const))('%s', async (_name, fault) => {
    const response = await send(spoken, fault.options);
    const id = response.headers.get('x-generation-id') ?? '';
    const text = await response.text();
    const isStream = fault.said !== null;
    expect(response.status).toBe(isStream ? 200 : (statuses?.[fault.code] ?? ERRORS[fault.code].status));
    expect(response.headers.get('content-type')).toStartWith(isStream ? 'text/event-stream' : 'application/json');
    expect(text).not.toMatch(success);
    expect(face.read(response.status, text, isStream)).toMatchObject({ ended: false, error: expect.any(String) });
    if (isStream) {
      const events = eventsOf(text);
      const ends = events.slice(-last.length);
      for (const [at, schema] of last.entries()) schema.parse(ends[at]);
      const before = events.slice(0, -last.length);
      expect(before.map((event) => textOf(event) ?? '').join('')).toBe(fault.said ?? '');
      for (const schema of last) expect(before.filter((event) => schema.safeParse(event).success)).toEqual([]);
    } else body.parse(JSON.parse(text));
    await checkBooks(id, fault);
  });

  test.concurrent('the client goes away', async () => {
    const leaving = new AbortController();
    const response = await send(spoken, 'token_ms=40', leaving.signal);
    const id = response.headers.get('x-generation-id') ?? '';
    const reader = response.body?.getReader();
    let text = '';
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      text += new TextDecoder().decode(read.value);
      if (text.includes('two')) break;
    }
    leaving.abort();
    await reader?.read().catch(() => undefined);
    settled.push(id);
    expect(await settledGeneration(gateway, id)).toMatchObject({ cancelled: true, streamed: true });
    expect(await recordOf(gateway, id)).toMatchObject({ outcome: 'cancelled', status: 499, error: 'client.gone' });
    expect(lineOf(id)).toMatchObject({ level: 'info', status: 499, error: 'client.gone' });
    expect(text).not.toMatch(success);
  });
});

test('each was booked once, and the key has paid the sum', async () => {
  const books = booksOf(gateway);
  expect([...books.keys()].toSorted()).toEqual(settled.toSorted());
  const sum = [...books.values()].reduce((total, { cost_nano_usd }) => total + cost_nano_usd, 0n);
  expect(nanoUsd(await spendOf(gateway))).toBe(sum);
});
