/** What is kept of an answer under way, and when: the clock, the ledger and the client are the test's own. */
import { describe, expect, test } from 'bun:test';
import { createResponseCache } from '../../cache/response-cache.ts';
import { GatewayError } from '../../core/errors.ts';
import type { ReplayFace } from '../../dialects/dialect.ts';
import { sampleSettlement } from '../../ledger/sample-settlement.ts';
import type { Settlement } from '../../ledger/store.ts';
import type { HitPorts } from '../../pipeline/cached-exchange.ts';
import type { Reply } from '../../pipeline/exchange.ts';
import { createHitLab, sampleHit } from '../../pipeline/sample-hit.ts';
import { answerThroughCache } from './response-cache.ts';

/** Marks what it gives again with the new id. */
const replay: ReplayFace = {
  whole: (body, { id }) => `${id} ${body}`,
  frames: (events, { id }) => events.replaceAll('old', id),
};

interface LabOptions {
  /** How an exchange's record ends up. */
  readonly about?: Partial<Settlement>;
  readonly refusal?: GatewayError;
}

function createLab({ about = {}, refusal }: LabOptions = {}) {
  const pipeline = createHitLab();
  if (refusal) pipeline.refuse({ ledger: refusal });
  const cache = createResponseCache({ maxBytes: 1024 * 1024 });
  const now = () => pipeline.clock.now();
  let serial = 0;
  return {
    cache,
    pipeline,
    settle: (ports: HitPorts, id: string) =>
      ports.ledger.settle(sampleSettlement(id, { settledAtMs: now(), cacheSourceId: null, ...about })),
    /** Asks the same again; `run` makes the answer where the cache has none. */
    ask(run: (ports: HitPorts, id: string) => Promise<Reply>, ttlSeconds = 300) {
      const id = `gen-${++serial}`;
      return answerThroughCache(
        {
          endpoint: 'chat',
          replay,
          variesBy: [],
          exchange: sampleHit(id, now()),
          wish: { ttlSeconds, clear: false },
          body: { model: 'maker/model' },
          pipeline,
          run: (ports) => run(ports, id),
        },
        { cache, digest: (text) => text },
      );
    },
  };
}

type Lab = ReturnType<typeof createLab>;

const streamed = (frames: () => AsyncGenerator<string>): Reply => ({ kind: 'stream', body: frames(), notes: 0 });

/** As the pipeline does it: the last frames follow the settlement. */
function healthyStream({ settle }: Lab) {
  return async (ports: HitPorts, id: string): Promise<Reply> =>
    streamed(async function* () {
      yield 'data: {"id":"old"}\n\n';
      await settle(ports, id);
      yield 'data: [DONE]\n\n';
    });
}

async function readAll(reply: Reply): Promise<string> {
  if (reply.kind === 'error') throw reply.error;
  if (reply.kind === 'whole') return reply.body;
  let text = '';
  for await (const piece of reply.body) text += piece;
  return text;
}

const never = async (): Promise<Reply> => {
  throw new Error('the cache had nothing');
};

describe('a stream is kept', () => {
  test('before its end leaves: whoever has read it hits', async () => {
    const lab = createLab();
    const { reply } = await lab.ask(healthyStream(lab));
    if (reply.kind !== 'stream') throw new Error('a stream was due');
    expect((await reply.body.next()).value).toContain('old');
    expect(lab.cache.usage().answers).toBe(0);
    expect((await reply.body.next()).value).toContain('[DONE]');
    const { reply: hit, headers } = await lab.ask(never);
    expect(await readAll(hit)).toBe('data: {"id":"gen-2"}\n\ndata: [DONE]\n\n');
    expect(headers).toMatchObject({ 'x-openrouter-cache-status': 'HIT', 'x-openrouter-cache-source-id': 'gen-1' });
  });

  test('whole, however many frames follow the settlement', async () => {
    const lab = createLab();
    const { reply } = await lab.ask(async (ports, id) =>
      streamed(async function* () {
        await lab.settle(ports, id);
        yield 'a\n\n';
        yield 'b\n\n';
        yield 'c\n\n';
      }),
    );
    expect(await readAll(reply)).toBe('a\n\nb\n\nc\n\n');
    expect(await readAll((await lab.ask(never)).reply)).toBe('a\n\nb\n\nc\n\n');
  });

  test('and leaves its first caller nothing more to wait for than without a cache', async () => {
    const lab = createLab();
    const steps: string[] = [];
    const { reply } = await lab.ask(async (ports, id) =>
      streamed(async function* () {
        for (const step of ['one', 'two']) {
          steps.push(`made ${step}`);
          yield step;
        }
        await lab.settle(ports, id);
        yield 'end';
      }),
    );
    if (reply.kind !== 'stream') throw new Error('a stream was due');
    for await (const text of reply.body) steps.push(`got ${text}`);
    expect(steps).toEqual(['made one', 'got one', 'made two', 'got two', 'got end']);
  });
});

describe('nothing is kept', () => {
  const outcomes: readonly [string, LabOptions][] = [
    ['of a failed exchange', { about: { outcome: 'failed', errorCode: 'provider.truncated', status: 502 } }],
    ['of one whose client left', { about: { outcome: 'cancelled' } }],
    ['of one that a provider ended with an error', { about: { finishReason: 'error' } }],
    ['that the ledger did not take', { refusal: new GatewayError('gateway.unavailable', 'Away.') }],
  ];
  test.each(outcomes)('%s', async (_, options) => {
    const lab = createLab(options);
    const stream = await lab.ask(async (ports, id) =>
      streamed(async function* () {
        yield 'a';
        await lab.settle(ports, id).catch(() => {});
        yield 'the end, whichever';
      }),
    );
    await readAll(stream.reply);
    await lab.ask(async (ports, id) => {
      await lab.settle(ports, id).catch(() => {});
      return { kind: 'whole', body: '{}', notes: 0 };
    });
    expect(lab.cache.usage()).toEqual({ answers: 0, bytes: 0 });
  });

  test('of an error, which has no headers of the cache either', async () => {
    const lab = createLab({ about: { outcome: 'complete' } });
    const { reply } = await lab.ask(async (ports, id) => {
      await lab.settle(ports, id);
      return { kind: 'error', error: new GatewayError('provider.rate_limited', 'Slow down.') };
    });
    expect(reply.kind).toBe('error');
    expect(lab.cache.usage().answers).toBe(0);
  });

  test('of a stream that its reader gave up, and its memory is free at once', async () => {
    const lab = createLab();
    const { reply } = await lab.ask(healthyStream(lab));
    if (reply.kind !== 'stream') throw new Error('a stream was due');
    await reply.body.next();
    expect(lab.cache.usage().bytes).toBeGreaterThan(0);
    await reply.body.return(undefined);
    expect(lab.cache.usage()).toEqual({ answers: 0, bytes: 0 });
  });

  test('of a stream whose reader stalls: its memory is free once the exchange is settled without it', async () => {
    const lab = createLab({ about: { outcome: 'cancelled' } });
    let give: HitPorts | undefined;
    const { reply } = await lab.ask(async (ports) => {
      give = ports;
      return streamed(async function* () {
        yield 'a';
      });
    });
    if (reply.kind !== 'stream' || !give) throw new Error('a stream was due');
    await reply.body.next();
    expect(lab.cache.usage().bytes).toBeGreaterThan(0);
    await lab.settle(give, 'gen-1');
    expect(lab.cache.usage().bytes).toBe(0);
  });
});

describe('a hit', () => {
  test('says how old it is and how long it stays, by the clock, and ends on the second', async () => {
    const lab = createLab();
    await readAll((await lab.ask(healthyStream(lab), 60)).reply);
    const ages: unknown[] = [];
    for (const ms of [0, 999, 1, 58_999]) {
      lab.pipeline.wait(ms);
      const { headers } = await lab.ask(never, 5);
      ages.push([headers['x-openrouter-cache-age'], headers['x-openrouter-cache-ttl']]);
    }
    expect(ages).toEqual([
      ['0', '60'],
      ['0', '60'],
      ['1', '59'],
      ['59', '1'],
    ]);
    lab.pipeline.wait(1);
    expect((await lab.ask(healthyStream(lab))).headers['x-openrouter-cache-status']).toBe('MISS');
  });

  test('is settled and logged as an exchange of its own before it leaves', async () => {
    const lab = createLab();
    await readAll((await lab.ask(healthyStream(lab))).reply);
    await lab.ask(never);
    expect(lab.pipeline.logged).toEqual(['gen-2']);
    expect(lab.pipeline.settled).toHaveLength(2);
    expect(lab.pipeline.settled[1]).toMatchObject({
      id: 'gen-2',
      cacheSourceId: 'gen-1',
      outcome: 'complete',
      costNanoUsd: 0n,
      upstreamCostNanoUsd: 0n,
      usage: { counts: { promptTokens: 0, completionTokens: 0 }, estimated: false },
      providerName: 'Host',
      endpointId: null,
      attempts: [],
      streamed: true,
      sessionId: 's',
    });
  });
});
