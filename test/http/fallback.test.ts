/** Before the first content another endpoint takes over, silently and exactly once billed. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { type Fault, fallbackConfig, faultsOf, firstName, modelOf, secondName, secondOf } from '../kit/fallback-lab.ts';
import { generationOf, nanoUsd } from '../kit/generation.ts';
import { readStream, shapeOf } from '../kit/read-stream.ts';
import { everyUpstream, type Upstream, upstreams } from '../kit/sim-lab.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const TEXT = 'one two three';
/** 4 tokens in and out, at the second provider's price. */
const COST_NANO_USD = 4n * 3000n + 4n * 6000n;

/** HTTP statuses that the first provider gave; null = it gave none. */
const STATUS_OF: Readonly<Record<Fault, number | null>> = {
  'rate-limited': 429,
  'internal-error': 500,
  'bad-gateway': 502,
  unavailable: 503,
  overloaded: 529,
  'credential-refused': 401,
  'out-of-funds': 402,
  'unknown-model': 404,
  garbage: 200,
  'empty-body': 200,
  'error-with-200': 200,
  'error-first': 200,
  'cut-first': 200,
  'dropped-first': 200,
  'reset-first': 200,
  'silent-after-head': 200,
  'no-first-byte': null,
};

/** Two gateways, because the retries of one are bounded together. */
const LABS = [upstreams, everyUpstream.filter((upstream) => !upstreams.includes(upstream))];
const labs = new Map<Upstream, Gateway>();
beforeAll(async () => {
  for (const firsts of LABS) {
    const gateway = await startGateway({ config: fallbackConfig(firsts) });
    for (const first of firsts) labs.set(first, gateway);
  }
});
afterAll(async () => {
  for (const gateway of new Set(labs.values())) await gateway.stop();
});

function labOf(first: Upstream): Gateway {
  const gateway = labs.get(first);
  if (!gateway) throw new Error(`no gateway to ${first.dialect}`);
  return gateway;
}

const pairs = everyUpstream.map((first) => [first.dialect, secondOf(first).dialect, first] as const);

describe.each(pairs)('the first provider speaks %s, the second %s', (dialect, _, first) => {
  const second = secondName(dialect);
  const recordOf = async (id: string, fault: Fault) => {
    const { provider_name, provider_responses, total_cost, ...record } = await generationOf(labOf(first), id);
    expect([provider_name, record.finish_reason]).toEqual([second, 'stop']);
    expect(record.native_finish_reason).toBe(secondOf(first).nativeStop);
    expect(provider_responses.map(({ provider_name: name, status }) => [name, status])).toEqual([
      [firstName(dialect), STATUS_OF[fault]],
      [second, 200],
    ]);
    expect(nanoUsd(total_cost)).toBe(COST_NANO_USD);
    return total_cost;
  };
  const provider = { order: [`${dialect}-first`, `${dialect}-second`] };

  test.concurrent.each([...faultsOf(first)])(
    '%s: a stream from the second, and nothing else is seen',
    async (fault) => {
      const stream = await readStream(
        await ask(labOf(first), chat(modelOf(dialect, fault, 'stream'), TEXT, { stream: true, provider })),
      );
      expect(shapeOf(stream)).toBe('content finish usage done');
      expect(stream.text).toBe(TEXT);
      for (const frame of stream.frames) expect(frame.provider).toBe(second);
      expect(stream.usage?.cost).toBe(await recordOf(stream.id, fault));
    },
  );

  test.concurrent.each([...faultsOf(first)])('%s: a whole answer from the second', async (fault) => {
    const whole = await wholeOf(await ask(labOf(first), chat(modelOf(dialect, fault, 'whole'), TEXT, { provider })));
    expect(whole).toMatchObject({ provider: second, choices: [{ message: { content: TEXT } }] });
    expect(whole.usage.cost).toBe(await recordOf(whole.id, fault));
  });
});

describe('an endpoint that failed rests', () => {
  const model = 'lab/rest';
  let resting: Gateway;
  beforeAll(async () => {
    const entry = (name: string, upstream: string, price: string) =>
      `{ name: ${name}, dialect: openai-chat, base_url: "sim://${name}/v1", api_key: none, ` +
      `models: [{ id: ${model}, upstream: "${upstream}", pricing: { prompt: "${price}", completion: "${price}" } }] }`;
    resting = await startGateway({
      config: `providers:\n  cheap: ${entry('Cheap', 'echo?status=503&times=1&key=rest', '0')}\n  dear: ${entry('Dear', 'echo', '0.000001')}\n`,
    });
  });
  afterAll(() => resting.stop());

  test('so that the next request does not try it first', async () => {
    const attempts = async () => {
      const { id } = await wholeOf(await ask(resting, chat(model)));
      const { provider_responses } = await generationOf(resting, id);
      return provider_responses.map(({ provider_name }) => provider_name);
    };
    // Free endpoints come first.
    expect(await attempts()).toEqual(['Cheap', 'Dear']);
    expect(await attempts()).toEqual(['Dear']);
  });
});

describe('after the 200 and its comments', () => {
  let late: Gateway;
  beforeAll(async () => {
    const entry = (name: string, upstream: string) =>
      `  ${name}: { name: ${name}, dialect: openai-chat, base_url: "sim://${name}/v1", api_key: none, ` +
      `models: [{ id: lab/late, upstream: "${upstream}", pricing: { prompt: "0.000001", completion: "0.000001" } }] }\n`;
    late = await startGateway({
      config: `commit_after_ms: 50\nproviders:\n${entry('slow', 'echo?first_byte_ms=150&status=500')}${entry('good', 'echo')}`,
    });
  });
  afterAll(() => late.stop());

  test('fallback still goes on silently', async () => {
    const provider = { order: ['slow', 'good'] };
    const stream = await readStream(await ask(late, chat('lab/late', TEXT, { stream: true, provider })));
    expect(shapeOf(stream)).toBe('comment content finish usage done');
    expect(new Set(stream.frames.map((frame) => frame.provider))).toEqual(new Set(['good']));
    expect((await generationOf(late, stream.id)).provider_responses.map((attempt) => attempt.status)).toEqual([
      500, 200,
    ]);
  });
});

describe('every endpoint fails', () => {
  let failing: Gateway;
  beforeAll(async () => {
    const entry = (name: string, model: string, fault: string) =>
      `  ${name}: { name: ${name}, dialect: openai-chat, base_url: "sim://${name}/v1", api_key: none, ` +
      `models: [{ id: ${model}, upstream: "echo?${fault}", pricing: { prompt: "0.000001", completion: "0.000001" } }] }\n`;
    failing = await startGateway({
      config:
        'providers:\n' +
        entry('one', 'lab/down', 'status=429&retry_after=30') +
        entry('two', 'lab/down', 'status=503&retry_after=12') +
        entry('alone', 'lab/alone', 'status=503'),
    });
  });
  afterAll(() => failing.stop());

  test('the last error speaks, the earlier ones are told beside, and the soonest hint counts', async () => {
    const provider = { order: ['one', 'two'] };
    const response = await ask(failing, chat('lab/down', 'hi', { provider }));
    expect(response.headers.get('retry-after')).toBe('12');
    const error = await errorOf(response);
    expect(error).toMatchObject({
      code: 503,
      metadata: { provider_name: 'two', previous_errors: [{ provider: 'one', code: 429, status: 429 }] },
    });
  });

  test('models[]: the next model answers, and is named and billed', async () => {
    const body = chat('lab/alone', 'hi', { models: ['lab/down', 'lab/alone'] });
    const error = await errorOf(await ask(failing, body));
    expect(error.metadata['previous_errors']).toBeArrayOfSize(2);
  });
});

describe('models[]', () => {
  let lab: Gateway;
  beforeAll(async () => {
    const host = (name: string, models: string) =>
      `  ${name}: { name: ${name}, dialect: openai-chat, base_url: "sim://${name}/v1", api_key: none, models: [${models}] }\n`;
    const price = 'pricing: { prompt: "0.000001", completion: "0.000001" }';
    lab = await startGateway({
      config:
        'providers:\n' +
        host(
          'a',
          `{ id: lab/down, upstream: "echo?status=500", ${price} }, { id: lab/strict, upstream: "echo?status=400", ${price} }`,
        ) +
        host('b', `{ id: lab/up, upstream: echo, ${price} }`),
    });
  });
  afterAll(() => lab.stop());

  test.each([
    ['the first model is down', { model: 'lab/down', models: ['lab/up'] }],
    ['it refuses the request', { model: 'lab/strict', models: ['lab/up'] }],
    ['two of three are of no use', { model: 'lab/down', models: ['lab/strict', 'lab/up'] }],
    ['only models is sent', { models: ['lab/down', 'lab/up'] }],
  ])('%s: the next answers, and is named and billed', async (_, names) => {
    const { model: _model, ...body } = chat('', 'hello');
    const whole = await wholeOf(await ask(lab, { ...body, ...names }));
    expect(whole).toMatchObject({ model: 'lab/up', provider: 'b', choices: [{ message: { content: 'hello' } }] });
    const { model, provider_responses } = await generationOf(lab, whole.id);
    expect(model).toBe('lab/up');
    expect(provider_responses.at(-1)).toMatchObject({ model_permaslug: 'lab/up', status: 200 });
  });

  test('allow_fallbacks: false is about endpoints, not about models', async () => {
    const body = chat('lab/down', 'hello', { models: ['lab/up'], provider: { allow_fallbacks: false } });
    expect((await wholeOf(await ask(lab, body))).model).toBe('lab/up');
  });

  test('an unknown name among them is refused, not skipped', async () => {
    const error = await errorOf(await ask(lab, chat('lab/down', 'hello', { models: ['lab/upp'] })));
    expect(error).toMatchObject({ code: 400, availability: { code: 'model_not_found' } });
  });
});
