/**
 * Hosts that answer what no host should: each answer either serves the caller or is an error with the right name that the next
 * endpoint makes good; nothing of it is a defect of ours, none is booked twice, and a frame that leaves is a valid one.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { ERRORS, type ErrorCode } from '../../src/core/errors.ts';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { booksOf, logOf, recordOf } from '../kit/fault-lab.ts';
import { nanoUsd, spendOf } from '../kit/generation.ts';
import { type RawAnswer, type RawHost, rawJson, rawReply, rawStream, startRawHost } from '../kit/raw-host.ts';
import { readStream } from '../kit/read-stream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const REPLY = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};
const whole = (more: object): string => JSON.stringify({ ...REPLY, ...more });
const frame = (more: object): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', ...more })}\n\n`;
const delta = (change: object | null, finish: string | null = null): string =>
  frame({ choices: [{ index: 0, delta: change, finish_reason: finish }] });

const ROLE = delta({ role: 'assistant', content: '' });
const HI = delta({ content: 'hi' });
const STOP = delta({}, 'stop');
const USAGE = frame({ choices: [], usage: REPLY.usage });
const DONE = 'data: [DONE]\n\n';
const GOOD = ROLE + HI + STOP + USAGE + DONE;
const DEEP = '['.repeat(20_000) + ']'.repeat(20_000);

/** What comes of an answer: its text, or the error of an attempt before content, or the one after it. */
type Expected =
  | { readonly text: string }
  | { readonly fails: ErrorCode }
  | { readonly text: string; readonly breaks: ErrorCode };
type Row = readonly [answer: RawAnswer, expected: Expected];

const text = (said: string): Expected => ({ text: said });
const fails = (code: ErrorCode): Expected => ({ fails: code });
const breaks = (code: ErrorCode, said = 'hi'): Expected => ({ text: said, breaks: code });
const BAD = fails('provider.bad_answer');
const FAILED = fails('provider.failed');
const CUT = fails('provider.truncated');
const HI_TEXT = text('hi');

const JSON_TYPE = 'content-type: application/json';
const packed = gzipSync(JSON.stringify(REPLY));
const packedStream = gzipSync(GOOD);

const WHOLE: Readonly<Record<string, Row>> = {
  'status 201': [rawJson(whole({}), '201 Created'), HI_TEXT],
  'status 204': [rawReply('204 No Content', []), BAD],
  'a redirect': [rawReply('302 Found', ['location: http://127.0.0.1:1/', 'content-length: 0']), FAILED],
  'status 304': [rawReply('304 Not Modified', []), FAILED],
  'status 999': [rawJson('{}', '999 x'), FAILED],
  'early hints first': [
    { parts: ['HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n', ...rawJson(whole({})).parts], end: 'close' },
    HI_TEXT,
  ],
  'HTML with status 200': [
    rawReply('200 OK', ['content-type: text/html', 'content-length: 20'], '<html>no</html>     '),
    BAD,
  ],
  'JSON called HTML': [rawReply('200 OK', ['content-type: text/html'], whole({})), HI_TEXT],
  'no content type': [rawReply('200 OK', [], whole({})), HI_TEXT],
  null: [rawJson('null'), BAD],
  'a list': [rawJson('[]'), BAD],
  'a text': [rawJson('"hi"'), BAD],
  'no choices': [rawJson(whole({ choices: [] })), BAD],
  'choices of null': [rawJson(whole({ choices: [null] })), BAD],
  'an error as text': [rawJson('{"error":"boom"}'), FAILED],
  'an error with its own 429': [
    rawJson('{"error":{"code":429,"message":"slow down"}}'),
    fails('provider.rate_limited'),
  ],
  'an error with its own 401': [rawJson('{"error":{"code":401,"message":"no"}}'), fails('provider.credential')],
  'members of no known type': [
    rawJson(whole({ id: { a: 1 }, model: 5, created: 'x', service_tier: 9, usage: 'lots' })),
    HI_TEXT,
  ],
  'usage beyond counting': [rawJson(whole({ usage: { prompt_tokens: 1e18, completion_tokens: 1e300 } })), HI_TEXT],
  'names of prototypes': [rawJson(`{"__proto__":{"x":1},"constructor":{"y":1},${whole({}).slice(1)}`), HI_TEXT],
  'an unknown member nested deep': [rawJson(`{"zz":${DEEP},${whole({}).slice(1)}`), BAD],
  'tool arguments nested deep': [
    rawJson(
      whole({
        choices: [
          { message: { content: null, tool_calls: [{ id: 'a', function: { name: 'f', arguments: 'DEEP' } }] } },
        ],
      }).replace('"DEEP"', `{"a":${DEEP}}`),
    ),
    BAD,
  ],
  'an error nested deep': [rawJson(`{"error":{"message":${DEEP}}}`, '500 x'), FAILED],
  'a byte order mark': [rawJson(`\ufeff${whole({})}`), HI_TEXT],
  'bytes that are no UTF-8': [
    rawReply('200 OK', [JSON_TYPE], whole({}).slice(0, 100), new Uint8Array([0xff, 0xc3])),
    BAD,
  ],
  'half a surrogate': [rawJson(whole({}).replace('"hi"', '"a\\ud800b"')), text('a\ud800b')],
  'a longer length than bytes': [
    { parts: [`HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\ncontent-length: 5000\r\n\r\n${whole({})}`], end: 'close' },
    CUT,
  ],
  'a length that is no number': [
    { parts: [`HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\ncontent-length: abc\r\n\r\n${whole({})}`], end: 'close' },
    fails('provider.unreachable'),
  ],
  'chunks that are none': [rawReply('200 OK', [JSON_TYPE, 'transfer-encoding: chunked'], 'zzz\r\nhello\r\n'), CUT],
  packed: [
    rawReply('200 OK', [JSON_TYPE, 'content-encoding: gzip', `content-length: ${packed.length}`], packed),
    HI_TEXT,
  ],
  'called packed': [rawReply('200 OK', [JSON_TYPE, 'content-encoding: gzip'], whole({})), CUT],
  'no HTTP': [{ parts: ['hello there\r\n\r\n'], end: 'close' }, fails('provider.unreachable')],
  nothing: [{ parts: [], end: 'close' }, fails('provider.unreachable')],
};

const STREAM: Readonly<Record<string, Row>> = {
  'a role and no more': [rawStream(ROLE), CUT],
  'a role and the terminator': [rawStream(ROLE, DONE), CUT],
  'a role and an error': [rawStream(ROLE, frame({ error: { message: 'boom', code: 500 } })), FAILED],
  'a role and a clean end': [rawStream(ROLE, STOP, USAGE, DONE), text('')],
  'comments and no more': [rawStream(': x\n\n: y\n\n'), CUT],
  'the terminator alone': [rawStream(DONE), CUT],
  'content and the terminator': [rawStream(HI, DONE), HI_TEXT],
  'content and no more': [rawStream(HI), breaks('provider.truncated')],
  'a clean end without the terminator': [rawStream(HI, STOP), HI_TEXT],
  'the terminator without its blank line': [rawStream(HI, STOP, 'data: [DONE]'), HI_TEXT],
  'the terminator with half its blank line': [rawStream(HI, STOP, 'data: [DONE]\n'), HI_TEXT],
  'half a terminator': [rawStream(HI, STOP, 'data: [DO'), breaks('provider.truncated')],
  'half a frame': [rawStream(HI, 80, 'data: {"choices":[{"delta":{"content":"x"}}'), breaks('provider.truncated')],
  'half a character': [rawStream(HI, 80, 'data: {"a":"', new Uint8Array([0xf0, 0x9f])), breaks('provider.truncated')],
  'a frame of null': [rawStream('data: null\n\n'), BAD],
  'a frame of null in the middle': [rawStream(HI, 80, 'data: null\n\n', STOP, DONE), breaks('provider.bad_answer')],
  'empty frames': [rawStream('data: \n\n', 'data:\n\n', HI, STOP, DONE), HI_TEXT],
  'lines that end in CR': [rawStream(GOOD.replaceAll('\n', '\r')), HI_TEXT],
  'lines that end in CRLF': [rawStream(GOOD.replaceAll('\n', '\r\n')), HI_TEXT],
  'a byte order mark': [rawStream(`\ufeff${GOOD}`), HI_TEXT],
  'more after the end': [rawStream(GOOD, HI, frame({ error: { message: 'boom' } })), HI_TEXT],
  'an error after the finish': [rawStream(HI, STOP, frame({ error: { message: 'boom' } })), breaks('provider.failed')],
  'an error event': [rawStream('event: error\ndata: {"message":"boom"}\n\n'), FAILED],
  'an index beyond lists': [
    rawStream(frame({ choices: [{ index: 1e9, delta: { content: 'hi' }, finish_reason: 'stop' }] }), DONE),
    HI_TEXT,
  ],
  'tool calls of no known type': [
    rawStream(delta({ tool_calls: [null, 5, {}, { index: 'x', function: { arguments: { a: 1 } } }] }), HI, STOP, DONE),
    HI_TEXT,
  ],
  'deltas of no known type': [
    rawStream(delta(null), frame({ choices: [null] }), frame({ choices: 5 }), delta({ content: 5 }), HI, STOP, DONE),
    HI_TEXT,
  ],
  'negative usage': [
    rawStream(HI, STOP, frame({ choices: [], usage: { prompt_tokens: -4, completion_tokens: -1 } }), DONE),
    HI_TEXT,
  ],
  'a frame nested deep': [
    rawStream(frame({ zz: 'DEEP', choices: [{ index: 0, delta: { content: 'hi' } }] }).replace('"DEEP"', DEEP)),
    BAD,
  ],
  'a frame nested deep in the middle': [
    rawStream(HI, 80, frame({ choices: [{ index: 0, delta: { zz: 'DEEP' } }] }).replace('"DEEP"', DEEP), STOP, DONE),
    breaks('provider.bad_answer'),
  ],
  'a frame of 17 MB': [rawStream(`data: ${'x'.repeat(17_000_000)}\n\n`), BAD],
  'a whole answer': [rawJson(whole({})), HI_TEXT],
  'a whole error': [rawJson('{"error":{"message":"boom","code":429}}'), fails('provider.rate_limited')],
  'a stream called text': [rawReply('200 OK', ['content-type: text/plain'], GOOD), HI_TEXT],
  'a page of HTML': [rawReply('200 OK', ['content-type: text/html'], '<html>no</html>'), CUT],
  'white space without end': [rawReply('200 OK', ['content-type: text/plain'], ' '.repeat(17_000_000)), BAD],
  'much before any content': [
    rawStream(frame({ choices: [{ index: 0, delta: { zz: 'y'.repeat(10_000) } }] }).repeat(450)),
    breaks('provider.truncated', ''),
  ],
  'status 204': [rawReply('204 No Content', []), BAD],
  'a chunk cut off': [
    rawReply(
      '200 OK',
      ['content-type: text/event-stream', 'transfer-encoding: chunked'],
      `${HI.length.toString(16)}\r\n${HI}\r\n`,
      80,
    ),
    breaks('provider.truncated'),
  ],
  packed: [rawReply('200 OK', ['content-type: text/event-stream', 'content-encoding: gzip'], packedStream), HI_TEXT],
};

const FORMS = { whole: WHOLE, stream: STREAM } as const;
type Form = keyof typeof FORMS;
const forms: readonly Form[] = ['whole', 'stream'];

let host: RawHost;
let gateway: Gateway;
beforeAll(async () => {
  const rows = forms.flatMap((form) =>
    Object.entries(FORMS[form]).map(([name, [answer]]) => ({ name: `${form}: ${name}`, answer })),
  );
  const answers = new Map([...rows.map(({ name, answer }) => [name, answer] as const), ['well', rawJson(whole({}))]]);
  host = await startRawHost((model) => {
    const answer = answers.get(model);
    if (!answer) throw new Error(`no answer is written for ${model}`);
    return answer;
  });
  const price = 'pricing: { prompt: "0.000001", completion: "0.000002" }';
  const entry = (slug: string, models: readonly string[]) =>
    `  ${slug}: { dialect: openai-chat, base_url: "${host.url}", api_key: sk-secret-of-the-operator, models: [${models.join(', ')}] }\n`;
  const hostile = rows.map(({ name }, at) =>
    entry(`hostile${at}`, [`{ id: "lab/${name}", upstream: "${name}", ${price} }`]),
  );
  const well = entry('well', [`{ id: lab/well, upstream: well, ${price} }`]);
  gateway = await startGateway({ config: `providers:\n${hostile.join('')}${well}` });
});
afterAll(async () => {
  await gateway.stop();
  host.stop();
});

interface Outcome {
  readonly id: string;
  readonly text: string;
  /** The error's code on the wire. */
  readonly error: number | null;
  readonly costNanoUsd: bigint;
}

async function outcomeOf(response: Response, form: Form): Promise<Outcome> {
  const id = response.headers.get('x-generation-id') ?? '';
  if (response.status !== 200) return { id, text: '', error: (await errorOf(response)).code, costNanoUsd: 0n };
  if (form === 'whole') {
    const { choices, usage } = await wholeOf(response);
    return { id, text: choices[0]?.message.content ?? '', error: null, costNanoUsd: nanoUsd(usage.cost) };
  }
  const body = await response.clone().text();
  const stream = await readStream(response);
  expect(body.includes('[DONE]')).toBe(stream.error === undefined);
  return { id, text: stream.text, error: stream.error?.code ?? null, costNanoUsd: nanoUsd(stream.usage?.cost ?? 0) };
}

describe.each(forms)('an answer to a %s request', (form) => {
  test.concurrent.each(Object.entries(FORMS[form]))('%s', async (name, [, expected]) => {
    const model = `lab/${form}: ${name}`;
    const messages = [{ role: 'user', content: 'hello there' }];
    const sent = { messages, stream: form === 'stream' };
    const alone = await outcomeOf(await ask(gateway, { ...sent, model }), form);
    const error = 'fails' in expected ? expected.fails : 'breaks' in expected ? expected.breaks : null;
    expect([alone.text, alone.error]).toEqual(['text' in expected ? expected.text : '', error && ERRORS[error].status]);
    const record = await recordOf(gateway, alone.id);
    expect([record.error, record.attempts.length]).toEqual([error, 1]);
    expect(alone.costNanoUsd > 0n).toBe(error === null);

    const helped = await outcomeOf(await ask(gateway, { ...sent, models: [model, 'lab/well'] }), form);
    // Once content has left nobody else may go on with it.
    expect([helped.text, helped.error]).toEqual('fails' in expected ? ['hi', null] : [alone.text, alone.error]);
    const { attempts } = await recordOf(gateway, helped.id);
    expect(attempts.map(({ error: code }) => code)).toEqual('fails' in expected ? [expected.fails, null] : [null]);
  });

  test('nothing of it is logged as a defect, and the log holds no key', async () => {
    const { lines, errors } = logOf(gateway);
    expect(errors).toEqual([]);
    expect(new Set(lines.values())).toEqual(new Set([1]));
    expect(gateway.log()).not.toContain('sk-secret-of-the-operator');
  });
});

test('the key has paid what was booked, and nothing else', async () => {
  const booked = [...booksOf(gateway).values()].reduce((sum, { cost_nano_usd }) => sum + cost_nano_usd, 0n);
  expect(nanoUsd(await spendOf(gateway))).toBe(booked);
});

describe('when to come back', () => {
  const inThirtySeconds = new Date(Date.now() + 30_500).toUTCString();
  const HINTS: Readonly<Record<string, readonly [headers: readonly string[], seconds: RegExp | null]>> = {
    seconds: [['retry-after: 7'], /^7$/],
    'at once': [['retry-after: 0'], /^1$/],
    'a fraction': [['retry-after: 1.5'], /^2$/],
    'a date': [[`retry-after: ${inThirtySeconds}`], /^(2\d|30)$/],
    'a date that is past': [['retry-after: Wed, 21 Oct 2015 07:28:00 GMT'], /^1$/],
    'ten years': [['retry-after: 315360000'], /^3600$/],
    'a date in years': [['retry-after: Wed, 21 Oct 2076 07:28:00 GMT'], /^3600$/],
    'four hundred digits': [[`retry-after: ${'9'.repeat(400)}`], /^3600$/],
    milliseconds: [['retry-after-ms: 2500'], /^3$/],
    'a negative number': [['retry-after: -5'], null],
    words: [['retry-after: soon'], null],
    nothing: [['retry-after: '], null],
    infinity: [['retry-after: Infinity'], null],
    hexadecimal: [['retry-after: 0x10'], null],
    'two of them': [['retry-after: 3', 'retry-after: 9'], null],
  };
  const names = Object.keys(HINTS);
  let limited: Gateway;
  let limiting: RawHost;
  beforeAll(async () => {
    limiting = await startRawHost((model) => {
      const [status, name = ''] = model.split(' of ');
      return rawJson('{"error":{"message":"no"}}', `${status} x`, HINTS[name]?.[0] ?? []);
    });
    const models = names.flatMap((name) =>
      [429, 503].map((status) => `{ id: "lab/${status} of ${name}", upstream: "${status} of ${name}" }`),
    );
    limited = await startGateway({
      config: `providers:\n  lab: { dialect: openai-chat, base_url: "${limiting.url}", api_key: none, models: [${models.join(', ')}] }\n`,
    });
  });
  afterAll(async () => {
    await limited.stop();
    limiting.stop();
  });

  test.concurrent.each(names)('%s', async (name) => {
    for (const status of [429, 503]) {
      const response = await ask(limited, chat(`lab/${status} of ${name}`));
      const said = response.headers.get('retry-after');
      const expected = HINTS[name]?.[1] ?? null;
      expect([response.status, expected ? said : null]).toEqual([
        status,
        expected ? expect.stringMatching(expected) : said,
      ]);
    }
  });
});
