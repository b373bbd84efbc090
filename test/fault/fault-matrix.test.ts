/**
 * Every fault of the simulated provider × whole and stream × alone and with a provider that is well, for every grammar spoken
 * upstream: the caller gets the documented result (docs/errors.md), the books one settlement, and every attempt is recorded.
 * Where a grammar says it otherwise than most, the test's name says why (test/kit/fault-rows.ts).
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { ERRORS } from '../../src/core/errors.ts';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import {
  booksOf,
  type Company,
  companiesOf,
  FIRST_PRICE,
  FORMS,
  faultConfig,
  logOf,
  modelOf,
  recordOf,
  SECOND_PRICE,
  slugOf,
} from '../kit/fault-lab.ts';
import { type Dialect, type Ending, FAULT_ROWS, type FaultRow, type Form, SAID } from '../kit/fault-rows.ts';
import { generationOf, nanoUsd, spendOf } from '../kit/generation.ts';
import { readStream, shapeOf } from '../kit/read-stream.ts';
import { everyUpstream, type Upstream } from '../kit/sim-lab.ts';
import { type SimUpstream, startSimUpstream } from '../kit/sim-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let host: SimUpstream;
beforeAll(async () => {
  host = await startSimUpstream();
});
afterAll(() => host.stop());

/** One exchange and what must come of it. */
interface Case {
  readonly row: FaultRow;
  readonly form: Form;
  readonly company: Company;
  readonly ending: Ending;
  /** Who gives the answer; null where nobody does. */
  readonly served: 'First' | 'Second' | null;
}

function caseOf(row: FaultRow, dialect: Dialect, form: Form, company: Company): Case {
  const ending = row.ending(dialect, form);
  const mayGoOn =
    company === 'with another' &&
    ending.kind === 'fails' &&
    ERRORS[ending.codes[0] ?? 'gateway.internal'].retry === 'elsewhere';
  return { row, form, company, ending, served: ending.kind === 'answers' ? 'First' : mayGoOn ? 'Second' : null };
}

/** What the caller saw, in the words of the record. */
interface Seen {
  readonly id: string;
  readonly costNanoUsd: bigint;
  /** `openrouter_metadata`, wherever it stood. */
  readonly metadata: unknown;
}

/** The answer that must have come: the first one's, or as the second gives it. */
function answerOf({ ending, served }: Case): Extract<Ending, { kind: 'answers' }> {
  if (served === 'First' && ending.kind === 'answers') return ending;
  return { kind: 'answers', text: SAID, finish: 'stop', tokens: 5, isEstimated: false };
}

async function seeAnswer(response: Response, one: Case): Promise<Seen> {
  const { text, finish } = answerOf(one);
  if (one.form === 'whole') {
    const whole = await wholeOf(response);
    const [choice] = whole.choices;
    expect([whole.provider, choice?.message.content ?? '', choice?.finish_reason]).toEqual([one.served, text, finish]);
    return { id: whole.id, costNanoUsd: nanoUsd(whole.usage.cost), metadata: whole['openrouter_metadata'] };
  }
  const stream = await readStream(response);
  expect(shapeOf(stream)).toMatch(
    text === '' ? /^(comment )?finish usage done$/ : /^(comment )?content finish usage done$/,
  );
  expect([stream.text, finishOf(stream)]).toEqual([text, finish]);
  for (const frame of stream.frames) expect(frame.provider).toBe(one.served ?? '');
  const metadata = stream.frames.find(({ usage }) => usage)?.['openrouter_metadata'];
  return { id: stream.id, costNanoUsd: nanoUsd(stream.usage?.cost ?? -1), metadata };
}

function finishOf({ frames }: Awaited<ReturnType<typeof readStream>>): string | undefined {
  return frames.flatMap(({ choices }) => choices[0]?.finish_reason ?? []).at(-1);
}

async function seeRefusal(
  response: Response,
  { codes, retryAfterSeconds }: Extract<Ending, { kind: 'fails' }>,
): Promise<Seen> {
  const { status, type } = ERRORS[codes[0] ?? 'gateway.internal'];
  const id = response.headers.get('x-generation-id') ?? '';
  expect([response.status, response.headers.get('retry-after')]).toEqual([
    status,
    retryAfterSeconds?.toString() ?? null,
  ]);
  const copy = response.clone();
  expect(await errorOf(response)).toMatchObject({
    code: status,
    metadata: { error_type: type, provider_name: 'First' },
  });
  return { id, costNanoUsd: 0n, metadata: withMetadata.parse(await copy.json()).openrouter_metadata };
}

const withMetadata = z.looseObject({ openrouter_metadata: z.unknown().optional() });

/** Valid frames, one error at the very end, and nothing that says the answer were whole. */
async function seeBreak(response: Response, { code, text }: Extract<Ending, { kind: 'breaks' }>): Promise<Seen> {
  const body = await response.clone().text();
  expect(body).not.toContain('[DONE]');
  const stream = await readStream(response);
  expect([shapeOf(stream), stream.text]).toEqual(['content error', text]);
  expect(stream.order.filter((kind) => kind === 'error')).toHaveLength(1);
  const { status, type } = ERRORS[code];
  expect(stream.error).toMatchObject({ code: status, metadata: { error_type: type } });
  expect(finishOf(stream)).toBe('error');
  return { id: stream.id, costNanoUsd: 0n, metadata: stream.frames.at(-1)?.['openrouter_metadata'] };
}

function see(response: Response, one: Case): Promise<Seen> {
  if (one.served !== null) return seeAnswer(response, one);
  switch (one.ending.kind) {
    case 'fails':
      return seeRefusal(response, one.ending);
    case 'breaks':
      return seeBreak(response, one.ending);
    case 'answers':
      throw new Error('an answer that nobody serves');
  }
}

/** A grammar's gateway, and what was asked of it. */
interface Lab {
  readonly upstream: Upstream;
  readonly gateway: Gateway;
  readonly settled: Map<string, { readonly one: Case; readonly costNanoUsd: bigint }>;
}

async function exchange({ gateway, settled }: Lab, one: Case): Promise<void> {
  const { row, form, company } = one;
  const isTold = company === 'with another';
  const body = chat(modelOf(row, form, company), SAID, {
    stream: form === 'stream',
    max_tokens: row.maxTokens,
    ...(isTold && { provider: { order: [slugOf(row, form), 'second'] } }),
  });
  const response = await ask(gateway, body, { headers: isTold ? { 'x-openrouter-metadata': 'enabled' } : {} });
  const id = response.headers.get('x-generation-id') ?? '';
  const seen = await see(response, one);
  expect(seen.id).toBe(id);
  settled.set(id, { one, costNanoUsd: seen.costNanoUsd });
  await checkBooks(gateway, one, seen);
  const { attempts, error } = await recordOf(gateway, id);
  checkAttempts(one, attempts, error);
  if (!isTold) return expect(seen.metadata).toBeUndefined();
  expect(seen.metadata).toMatchObject({
    attempt: attempts.length,
    attempts: attempts.map(({ provider, status, error: code }) => ({ provider, status: status ?? statusOf(code) })),
  });
}

/** `/generation` says what the caller saw: the same cost, the right provider, nothing for an error. */
async function checkBooks(gateway: Gateway, one: Case, { id, costNanoUsd }: Seen): Promise<void> {
  const { form, served } = one;
  const generation = await generationOf(gateway, id);
  const { tokens, finish } = answerOf(one);
  expect(generation).toMatchObject({
    provider_name: served ?? 'First',
    streamed: form === 'stream',
    cancelled: false,
    finish_reason: served === null ? 'error' : finish,
  });
  expect(nanoUsd(generation.total_cost)).toBe(costNanoUsd);
  if (served === null) return;
  const { prompt, completion } = served === 'First' ? FIRST_PRICE : SECOND_PRICE;
  expect(generation.tokens_completion).toBe(tokens);
  expect(costNanoUsd).toBe(BigInt(generation.tokens_prompt ?? -1) * prompt + BigInt(tokens) * completion);
}

type Attempts = Awaited<ReturnType<typeof recordOf>>['attempts'];

function checkAttempts({ ending, served }: Case, attempts: Attempts, error: string | null): void {
  const [first, second, ...more] = attempts;
  expect([first?.provider, second?.provider, more]).toEqual(['First', served === 'Second' ? 'Second' : undefined, []]);
  if (second) expect(second).toMatchObject({ status: 200, error: null });
  if (ending.kind === 'fails') {
    expect<readonly unknown[]>(ending.statuses).toContain(first?.status);
    expect<readonly unknown[]>(ending.codes).toContain(first?.error);
  } else expect(first).toMatchObject({ status: 200, error: null });
  // What an attempt that broke after its content ended in is the exchange's own error.
  const own = served !== null ? null : ending.kind === 'breaks' ? ending.code : (first?.error ?? null);
  expect(error).toBe(own);
}

describe('every fault', () => {
  const labs = new Map<string, Lab>();
  beforeAll(async () => {
    const started = everyUpstream.map(async (upstream): Promise<Lab> => {
      const gateway = await startGateway({ config: faultConfig(upstream, host.url) });
      return { upstream, gateway, settled: new Map() };
    });
    for (const lab of await Promise.all(started)) labs.set(lab.upstream.dialect, lab);
  });
  afterAll(async () => {
    await Promise.all([...labs.values()].map(({ gateway }) => gateway.stop()));
  });
  const labOf = (dialect: Dialect): Lab => {
    const lab = labs.get(dialect);
    if (!lab) throw new Error(`no gateway to ${dialect}`);
    return lab;
  };

  const because = ({ unlike }: FaultRow, dialect: Dialect) => (unlike[dialect] ? ` (${unlike[dialect].because})` : '');
  const cases = everyUpstream.flatMap(({ dialect }) =>
    FAULT_ROWS.flatMap((row) => FORMS.map((form) => [dialect, row.name + because(row, dialect), form, row] as const)),
  );
  test.concurrent.each(cases)('%s · %s · %s', async (dialect, _, form, row) => {
    const lab = labOf(dialect);
    const companies = companiesOf(row, lab.upstream);
    await Promise.all(companies.map((company) => exchange(lab, caseOf(row, dialect, form, company))));
  });

  test.each(everyUpstream.map(({ dialect }) => dialect))(
    '%s: each exchange is booked once and logged once, an estimate is marked, and the key has paid the sum',
    async (dialect) => {
      const { gateway, settled } = labOf(dialect);
      const books = booksOf(gateway);
      const { lines, errors } = logOf(gateway);
      expect(errors).toEqual([]);
      expect([...books.keys()].toSorted()).toEqual([...settled.keys()].toSorted());
      let sum = 0n;
      for (const [id, { one, costNanoUsd }] of settled) {
        const { ending, served } = one;
        const where = `${one.row.name}, ${one.form}, ${one.company}`;
        const booked = books.get(id);
        expect([where, lines.get(id), booked?.cost_nano_usd]).toEqual([where, 1, costNanoUsd]);
        if (served !== null) expect([where, booked?.usage_estimated]).toEqual([where, answerOf(one).isEstimated]);
        // Costs the caller nothing and the operator something (docs/decisions/0004).
        if (ending.kind === 'breaks') expect(booked?.upstream_cost_nano_usd).toBeGreaterThan(0n);
        sum += costNanoUsd;
      }
      expect(nanoUsd(await spendOf(gateway))).toBe(sum);
    },
  );
});

function statusOf(code: string | null): number {
  const known = Object.entries(ERRORS).find(([name]) => name === code);
  return known?.[1].status ?? 502;
}

describe('after the 200 of a stream that was long in coming', () => {
  const LATE = ['401', '404', '413', '429', '500', '503', '504', 'reset', 'silence'] as const;
  const optionsOf = (fault: (typeof LATE)[number]): string => {
    if (fault === 'reset') return 'first_byte_ms=250&reset=0';
    return fault === 'silence' ? 'first_byte_ms=60000' : `first_byte_ms=250&status=${fault}`;
  };
  const CODES = {
    401: 502,
    404: 404,
    413: 413,
    429: 429,
    500: 502,
    503: 503,
    504: 504,
    reset: 502,
    silence: 504,
  } as const satisfies Record<(typeof LATE)[number], number>;
  let late: Gateway;
  beforeAll(async () => {
    const entry = (name: string, options: string) =>
      `  ${name}: { name: First, dialect: openai-chat, base_url: "${host.url}/v1", api_key: none, timeouts: { first_byte_ms: 450 }, ` +
      `models: [{ id: "late/${name}", upstream: "echo?${options}", pricing: { prompt: "0.000001", completion: "0.000001" } }] }\n`;
    const config = LATE.map((fault) => entry(`f${fault}`, optionsOf(fault))).join('');
    late = await startGateway({ config: `commit_after_ms: 20\nproviders:\n${config}` });
  });
  afterAll(() => late.stop());

  test.concurrent.each([...LATE])('%s: the last frame has the code that the status would have had', async (fault) => {
    const response = await ask(late, chat(`late/f${fault}`, SAID, { stream: true }), {
      headers: { 'x-openrouter-metadata': 'enabled' },
    });
    const stream = await readStream(response);
    expect(shapeOf(stream)).toBe('comment error');
    expect([stream.error?.code, finishOf(stream)]).toEqual([CODES[fault], 'error']);
    expect(stream.frames.at(-1)?.['openrouter_metadata']).toMatchObject({
      attempt: 1,
      attempts: [{ provider: 'First' }],
    });
    expect(await generationOf(late, stream.id)).toMatchObject({
      total_cost: 0,
      finish_reason: 'error',
      streamed: true,
    });
    expect((await recordOf(late, stream.id)).status).toBe(CODES[fault]);
  });

  test('each was booked and logged once, and none was paid', async () => {
    expect(booksOf(late).size).toBe(LATE.length);
    expect([...logOf(late).lines.values()]).toEqual(LATE.map(() => 1));
    expect(await spendOf(late)).toBe(0);
  });
});
