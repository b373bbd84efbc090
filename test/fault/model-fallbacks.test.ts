/**
 * `models` × every class of failure (OpenRouter's API): any error of a model, once its endpoints are used up, goes on to the next;
 * the one that answers is named and billed; where all fail the last error speaks and names those before it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ERRORS, type ErrorCode } from '../../src/core/errors.ts';
import { stringAt } from '../../src/core/json.ts';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { booksOf, logOf, recordOf } from '../kit/fault-lab.ts';
import { generationOf, nanoUsd, spendOf } from '../kit/generation.ts';
import { readStream, shapeOf } from '../kit/read-stream.ts';
import { answerOf, type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

/** What a host answers for the model of this name, and what the gateway makes of it. */
const CLASSES = {
  down: [500, 'server_error', 'provider.failed'],
  overloaded: [529, 'overloaded', 'provider.overloaded'],
  'rate-limited': [429, 'rate_limit_exceeded', 'provider.rate_limited'],
  refused: [400, 'invalid_value', 'provider.invalid_request'],
  unprocessable: [422, 'unprocessable', 'provider.unprocessable'],
  'too-long': [400, 'context_length_exceeded', 'provider.context_length'],
  'too-large': [413, 'request_too_large', 'provider.too_large'],
  unknown: [404, 'model_not_found', 'provider.not_found'],
  moderated: [403, 'content_policy_violation', 'provider.content_policy'],
  filtered: [400, 'content_filter', 'provider.content_policy'],
  'bad-key': [401, 'invalid_api_key', 'provider.credential'],
  unfunded: [402, 'insufficient_quota', 'provider.payment_required'],
} as const satisfies Record<string, readonly [number, string, ErrorCode]>;

type Class = keyof typeof CLASSES;
const classes = Object.keys(CLASSES).filter((name): name is Class => name in CLASSES);

const HOSTS = ['a', 'b'] as const;
const SECOND_MODEL = 'lab/well';
/** 10 tokens in and 2 out, at the answering model's price. */
const COST_NANO_USD = 10n * 5000n + 2n * 5000n;

let upstream: ScriptedUpstream;
let gateway: Gateway;

function answer(model: string): Response {
  const found = classes.find((name) => model.startsWith(name));
  if (!found) return answerOf('well');
  const [status, code] = CLASSES[found];
  return Response.json({ error: { message: `This is ${found}.`, type: 'x', code } }, { status });
}

/** Two hosts serve every failing model; one serves the one that is well. Ids of their own, as failures rest endpoints and keys. */
function configFor(ids: readonly string[]): string {
  const price = 'pricing: { prompt: "0.000001", completion: "0.000001" }';
  const provider = (slug: string, models: readonly string[]) =>
    `  ${slug}: { dialect: openai-chat, base_url: "${upstream.url}", api_key: key-${slug}, models: [${models.join(', ')}] }\n`;
  const hosts = ids.flatMap((id) =>
    HOSTS.map((host) => provider(`${id}-${host}`, [`{ id: "lab/${id}", upstream: "${id}", ${price} }`])),
  );
  const well = `{ id: ${SECOND_MODEL}, upstream: well, pricing: { prompt: "0.000005", completion: "0.000005" } }`;
  return `providers:\n${hosts.join('')}${provider('healthy', [well])}`;
}

const FORMS = ['whole', 'stream'] as const;

beforeAll(async () => {
  upstream = startScriptedUpstream(({ body }) => answer(stringAt(body, 'model') ?? ''));
  const ids = classes.flatMap((name) => FORMS.flatMap((form) => [`${name}-${form}`, `${name}-${form}-all`]));
  gateway = await startGateway({ config: configFor(ids) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

/** Attempts at a model: all of its endpoints, or one where no other could do better. */
const attemptsAt = (name: Class): number => (ERRORS[CLASSES[name][2]].retry === 'elsewhere' ? HOSTS.length : 1);

describe.each(FORMS)('the first model fails, %s', (form) => {
  test.concurrent.each(classes)('%s: the next one answers, is named and is billed', async (name) => {
    const { messages } = chat('');
    const id = `${name}-${form}`;
    const response = await ask(gateway, {
      models: [`lab/${id}`, SECOND_MODEL],
      messages,
      stream: form === 'stream',
      provider: { order: [`${id}-a`, `${id}-b`] },
    });
    const generationId = response.headers.get('x-generation-id') ?? '';
    if (form === 'whole') {
      const whole = await wholeOf(response);
      expect([whole.model, whole.choices[0]?.message.content]).toEqual([SECOND_MODEL, 'well']);
      expect(nanoUsd(whole.usage.cost)).toBe(COST_NANO_USD);
    } else {
      const stream = await readStream(response);
      expect(shapeOf(stream)).toBe('content finish usage done');
      expect(new Set(stream.frames.map(({ model }) => model))).toEqual(new Set([SECOND_MODEL]));
      expect(nanoUsd(stream.usage?.cost ?? 0)).toBe(COST_NANO_USD);
    }
    const generation = await generationOf(gateway, generationId);
    expect([generation.model, nanoUsd(generation.total_cost)]).toEqual([SECOND_MODEL, COST_NANO_USD]);
    const failed = HOSTS.slice(0, attemptsAt(name)).map((host) => [`${id}-${host}`, `lab/${id}`, CLASSES[name][0]]);
    expect(
      generation.provider_responses.map(({ provider_name, model_permaslug, status }) => [
        provider_name,
        model_permaslug,
        status,
      ]),
    ).toEqual([...failed, ['healthy', SECOND_MODEL, 200]]);
  });

  test.concurrent.each(classes)(
    '%s and then a model that is down: the last error speaks, the others beside it',
    async (name) => {
      const [first, last] = [`${name}-${form}-all`, `down-${form}-all`];
      const { messages } = chat('');
      const order = HOSTS.flatMap((host) => [`${first}-${host}`, `${last}-${host}`]);
      const models = [`lab/${first}`, `lab/${last}`];
      const response = await ask(gateway, { models, messages, stream: form === 'stream', provider: { order } });
      const generationId = response.headers.get('x-generation-id') ?? '';
      const error = await errorOf(response);
      expect(error).toMatchObject({ code: 502, metadata: { error_type: 'provider_unavailable' } });
      const generation = await generationOf(gateway, generationId);
      const tried = generation.provider_responses;
      expect(tried.at(-1)).toMatchObject({ model_permaslug: `lab/${last}`, status: 500 });
      const previous = tried.slice(0, -1).map(({ provider_name: provider, model_permaslug, status }) => {
        const [, , code] = model_permaslug === `lab/${first}` ? CLASSES[name] : CLASSES.down;
        return expect.objectContaining({ provider, status, code: ERRORS[code].status });
      });
      expect(error.metadata['previous_errors']).toEqual(previous);
      expect(generation).toMatchObject({ total_cost: 0, finish_reason: 'error' });
    },
  );
});

test('each exchange was booked and logged once, and only answers were paid', async () => {
  const { lines, errors } = logOf(gateway);
  expect(errors).toEqual([]);
  const books = booksOf(gateway);
  expect([...lines.keys()].toSorted()).toEqual([...books.keys()].toSorted());
  expect([...lines.values()]).toEqual([...lines.values()].map(() => 1));
  const answers = [...books.values()].filter(({ cost_nano_usd }) => cost_nano_usd > 0n);
  expect(answers).toHaveLength(classes.length * FORMS.length);
  expect(nanoUsd(await spendOf(gateway))).toBe(COST_NANO_USD * BigInt(answers.length));
});

describe('any chain of models', () => {
  let lab: Gateway;
  beforeAll(async () => {
    lab = await startGateway({ config: configFor(classes) });
  });
  afterAll(() => lab.stop());

  test('is tried in its order, no endpoint twice, until one answers', async () => {
    // Few enough for the gateway's retry budget: a hundred extra attempts in 10 s.
    const chain = fc.uniqueArray(fc.constantFrom(...classes), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(chain, fc.boolean(), async (names, isSaved) => {
        const { messages } = chat('');
        const models = [...names.map((name) => `lab/${name}`), ...(isSaved ? [SECOND_MODEL] : [])];
        const before = upstream.received.length;
        const response = await ask(lab, { models, messages });
        await response.text();
        const { attempts } = await recordOf(lab, response.headers.get('x-generation-id') ?? '');
        const asked = upstream.received
          .slice(before)
          .map(({ headers, body }) => ({ key: headers.get('authorization'), model: stringAt(body, 'model') }));
        expect(new Set(asked.map(({ key, model }) => `${key} ${model}`)).size).toBe(asked.length);
        expect(asked).toHaveLength(attempts.length);
        const expected = names.flatMap((name) => Array.from({ length: attemptsAt(name) }, (): string => name));
        expect(asked.map(({ model }) => model)).toEqual([...expected, ...(isSaved ? ['well'] : [])]);
        const last = names.at(-1) ?? 'down';
        expect(response.status).toBe(isSaved ? 200 : ERRORS[CLASSES[last][2]].status);
      }),
      { numRuns: 20, seed: 1, endOnFailure: true },
    );
  });
});
