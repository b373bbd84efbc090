import { describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { builtDialects, loadSources } from '../compose.ts';
import { GatewayError } from '../core/errors.ts';
import { seededRandom } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import { providers } from '../providers/registry.gen.ts';
import { servedModel, testEndpoint } from '../routing/auto/test-models.ts';
import { routeCommand } from './route.ts';

const sources = loadSources();

const CONFIG = `routing:
  defaults: { max_price: { prompt: 5 } }
  keys: { ci: { sort: price }, careful: { zdr: true } }
providers:
  one:
    dialect: openai-chat
    base_url: "\${ONE_URL}"
    api_key: "\${ONE_KEY}"
    data_policy: { training: true }
    models:
      - { id: lab/chat, upstream: one-chat, supported_parameters: [max_tokens], pricing: { prompt: "0.000001", completion: "0.000001" } }
  two:
    name: Two & Co
    dialect: openai-chat
    base_url: https://two.example/v1
    api_key: none
    data_policy: { training: false, retention_days: 0 }
    models:
      - { id: lab/chat, pricing: { prompt: "0.000003", completion: "0.000003", overrides: [{ utc_start: 2200, utc_end: 600, prompt: "0.0000005", completion: "0.0000005" }] } }
      - { id: lab/chat, upstream: fast-chat, service_tier: priority, pricing: { prompt: "0.000004", completion: "0.000004" } }
  three:
    dialect: openai-chat
    base_url: https://three.example/v1
    api_key: none
    data_policy: { training: false, retention_days: 30 }
    models:
      - { id: lab/chat, pricing: { prompt: "0.000009", completion: "0.000009" } }
  groq: {}
`;
const REQUEST = JSON.stringify({ model: 'lab/chat', messages: [{ role: 'user', content: 'Hello!' }] });

interface Run {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What the server of the data folder answers; absent: none runs. */
  readonly server?: (dataDirectory: string, command: string, args: Json) => Json;
  readonly catalogue?: typeof sources;
}

async function run(line: string, { files = {}, env = {}, server, catalogue = sources }: Run = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const asked: (string | null)[] = [];
  const all: Readonly<Record<string, string>> = { 'signalbox.yaml': CONFIG, 'request.json': REQUEST, ...files };
  const code = await routeCommand(line.split(' ').filter(Boolean), {
    print: (text) => void out.push(text),
    complain: (text) => void err.push(text),
    env,
    async readText(path) {
      const text = all[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
    knownProviders: providers,
    builtDialects: builtDialects.map(({ id }) => id),
    async sources(dataDirectory) {
      asked.push(dataDirectory);
      return catalogue;
    },
    askServer: async (...args) => server?.(...args) ?? null,
    random: seededRandom(1),
    now: () => Date.parse('2026-11-21T12:00:00Z'),
  });
  return { code, out: out.join('\n'), err: err.join('\n'), asked };
}

const OFFLINE = 'explain request.json --config signalbox.yaml';

describe('route explain', () => {
  test('plans from the configuration where no server runs, without its secrets', async () => {
    const { code, out, err } = await run(`${OFFLINE} --data folder`);
    expect(code).toBe(0);
    expect(err).toBe('note: not set, and not needed, as nothing is sent: GROQ_API_KEY, ONE_KEY, ONE_URL');
    expect(out).toBe(`lab/chat goes to one as one-chat (one|lab/chat), about $0.001006; this draw, with a chance of 90 %

planned by  signalbox.yaml; no server runs, so nothing is known of health
strategy    direct
because     drawn with weight 1/price², then by price
estimate    6 tokens in, 1000 out
key         not asked whether it could pay

in this order
  #  PROVIDER  ENDPOINT      FIRST  COST       IN/M  OUT/M  LATENCY  SPEED
  1  one       one|lab/chat  90 %   $0.001006  $1    $1     -        -
  2  Two & Co  two|lab/chat  10 %   $0.003018  $3    $3     -        -

left out
  PROVIDER  ENDPOINT               BY            BECAUSE
  Two & Co  two/priority|lab/chat  service_tier  it serves the priority tier, which was not asked for
  three     three|lab/chat         max_price     its prompt price of $9 a million is above the cap of $5 a million

policies
  max_price  at most $5 a million prompt tokens  said by the account; leaves out 1`);
  });

  test('reads variables that are set, and names no stand-in for them', async () => {
    const { code, err } = await run(OFFLINE, {
      env: { ONE_URL: 'https://one.example/v1', ONE_KEY: 'k', GROQ_API_KEY: 'g' },
    });
    expect([code, err]).toEqual([0, '']);
  });

  test('refused: exit code 1, the reason first', async () => {
    const body = { ...JSON.parse(REQUEST), provider: { only: ['three'] } };
    const { code, out } = await run(OFFLINE, { files: { 'request.json': JSON.stringify(body) } });
    expect(code).toBe(1);
    expect(out).toStartWith('refused: 404 No endpoints of lab/chat match this request.');
    expect(out).toContain('policies\n  only       only three may serve');
  });

  test('what is dropped is told with the endpoint', async () => {
    const body = { ...JSON.parse(REQUEST), temperature: 1, provider: { only: ['one'] } };
    const { out } = await run(OFFLINE, { files: { 'request.json': JSON.stringify(body) } });
    expect(out).toMatch(/1 {2}one .* without temperature$/m);
  });

  test('--key: the defaults of the key, by its name under routing.keys', async () => {
    expect((await run(`${OFFLINE} --key careful`)).out).toContain(
      'providers that keep prompts, or do not say, may not serve  said by the key; leaves out 2',
    );
    const { code, err } = await run(`${OFFLINE} --key nobody`);
    expect(code).toBe(0);
    expect(err).toContain("routing.keys has no nobody: the account's defaults hold.");
  });

  test('--json: the report, and who planned it', async () => {
    const { code, out } = await run(`${OFFLINE} --json`);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      planned_by: 'configuration',
      would_go_to: { provider: 'one', model: 'lab/chat', endpoint_id: 'one|lab/chat', upstream_model: 'one-chat' },
      admitted: { ok: null, reason: null },
      targets: [{ rank: 1, pricing: { prompt: '0.000001', completion: '0.000001' } }, { rank: 2 }],
    });
  });

  test('names cannot move the cursor of the terminal', async () => {
    const body = { model: 'lab/\u001b[2Jchat', messages: [{ role: 'user', content: 'x' }] };
    const { code, out } = await run(OFFLINE, { files: { 'request.json': JSON.stringify(body) } });
    expect(code).toBe(1);
    expect(out).not.toContain('\u001b');
  });

  test('takes a request from standard input', async () => {
    expect((await run('explain - --config signalbox.yaml', { files: { '-': REQUEST } })).code).toBe(0);
  });
});

describe('route explain with a running server', () => {
  const report = {
    would_go_to: { provider: 'Live', model: 'a/b', endpoint_id: 'live|a/b', upstream_model: 'b' },
    error: null,
    admitted: { ok: true, reason: null },
    strategy: 'direct',
    because: [],
    estimate: { prompt_tokens: 5, output_tokens: 1000, expected_cost_usd: 0.5 },
    targets: [],
    excluded: [],
    preferences: {},
    preferences_from: {},
    policies: [],
  };

  test('asks it for its live health, with the body and the key', async () => {
    const seen: unknown[] = [];
    const server = (...args: readonly unknown[]): Json => {
      seen.push(args);
      return { data: report };
    };
    const { code, out, err } = await run('explain request.json --data box --key ci', { server });
    expect(seen).toEqual([['box', 'route.explain', { body: JSON.parse(REQUEST), key: 'ci' }]]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toStartWith('a/b goes to Live as b (live|a/b), about $0.5\n');
    expect(out).toContain('planned by  the running server of box, with its own configuration and health');
  });

  test('--offline does not', async () => {
    const server = (): Json => {
      throw new Error('was asked');
    };
    const { out } = await run(`${OFFLINE} --offline`, { server });
    expect(out).toContain('planned by  signalbox.yaml; no server is asked, so nothing is known of health');
  });

  test('a key that could not pay would be refused: exit code 1', async () => {
    const server = () => ({ data: { ...report, admitted: { ok: false, reason: 'Key limit exceeded.' } } });
    const { code, out } = await run('explain request.json', { server });
    expect(code).toBe(1);
    expect(out).toContain('key         would be refused: Key limit exceeded.');
  });

  test.each([
    ['its refusal', new GatewayError('client.not_found', 'No key has that name.'), 'No key has that name.'],
    [
      'a request that is too long for it',
      new GatewayError('client.too_large', 'Too long.'),
      'Too long. Post the request',
    ],
  ])('%s is told: exit code 2', async (_, error, told) => {
    const server = (): Json => {
      throw error;
    };
    const { code, err } = await run('explain request.json', { server });
    expect([code, err]).toEqual([2, expect.stringContaining(told)]);
  });

  test('an answer of another release is not guessed at', async () => {
    const { code, err } = await run('explain request.json', { server: () => ({ data: { verdict: 'fine' } }) });
    expect([code, err]).toEqual([2, expect.stringContaining('--offline')]);
  });
});

describe('route: what is not understood is exit code 2', () => {
  test.each([
    ['', 'which command?'],
    ['explode request.json', '"explode" is not understood'],
    ['explain', 'route explain needs a FILE'],
    ['explain request.json more', '"more" is one word too many'],
    ['explain request.json --colour red', '--colour'],
    ['explain none.json', 'none.json: cannot be read: no such file'],
    ['explain request.json --config none.yaml', 'none.yaml: cannot be read: no such file'],
    ['explain text.json', 'The request body is not valid JSON'],
    ['explain body.json', 'messages: required'],
    ['explain preset.json', 'presets are kept by the server'],
    ['explain request.json --config broken.yaml', 'broken.yaml:1:1: provders: unknown key. Did you mean providers?'],
    ['test tests.yaml --key ci', 'route test takes no --key'],
  ])('%p', async (line, told) => {
    const files = {
      'text.json': 'hello',
      'body.json': '{"model":"lab/chat"}',
      'preset.json': '{"model":"@preset/mine","messages":[{"role":"user","content":"x"}]}',
      'broken.yaml': 'provders: {}',
    };
    expect(await run(line, { files })).toMatchObject({ code: 2, out: '', err: expect.stringContaining(told) });
  });
});

const cases = (yaml: string) => ({ files: { 'tests.yaml': yaml } });
const TEST = 'test tests.yaml --config signalbox.yaml';
const REQUEST_YAML = 'request: { model: lab/chat, messages: [{ role: user, content: "Hello!" }] }';

/** One case of these lines. */
const oneCase = (...lines: readonly string[]) =>
  cases(`cases:\n  - name: it\n    ${REQUEST_YAML}\n${lines.map((line) => `    ${line}\n`).join('')}`);

describe('route test', () => {
  test.each<[string, readonly string[]]>([
    ['first, one of several', ['expect: { first: [one, two] }']],
    ['first, by the key’s sort', ['key: ci', 'expect: { first: one }']],
    ['shares', ['expect: { first_share: { one: 0.9, "Two & Co": 0.1, three: 0 } }']],
    ['shares within a tolerance', ['expect: { first_share: { one: 0.8 }, tolerance: 0.1 }']],
    ['the exact order', ['key: ci', 'expect: { targets: [one, two|lab/chat] }']],
    ['who is among them', ['expect: { includes: two }']],
    ['who never is', ['expect: { never: [three, openai] }']],
    ['who is excluded, and why', ['expect: { excludes: { three: max_price, two/priority: service_tier } }']],
    ['what it costs at most', ['expect: { expected_cost_below: 0.00302 }']],
    ['strategy and model', ['expect: { strategy: direct, model: lab/chat }']],
    [
      'a tariff of the night',
      ['at: 2026-11-21T23:00:00Z', 'key: ci', 'expect: { targets: [two, one], expected_cost_below: 0.0006 }'],
    ],
    ['a host that fails comes last', ['health: { one: failing }', 'expect: { targets: [two, one] }']],
    ['a host that rests, by its display name', ['health: { two & co: resting }', 'expect: { first: one }']],
    ['an endpoint by its id', ['health: { "one|lab/chat": failing }', 'expect: { first: two }']],
    [
      'the most exact name counts',
      ['health: { one: failing, "one|lab/chat": ready }', 'expect: { first_share: { one: 0.9 } }'],
    ],
  ])('%s', async (_, lines) => {
    const { code, out } = await run(TEST, oneCase(...lines));
    expect(out).toContain('ok    it: ');
    expect(code).toBe(0);
  });

  test('an error that is expected', async () => {
    const yaml = `cases:
  - name: nothing is that cheap
    request: { model: lab/chat, messages: [{ role: user, content: x }], provider: { max_price: { prompt: 0.1 } } }
    expect: { error: { status: 404, code: constraint_filtered }, excludes: { one: max_price, two: max_price } }
  - name: unknown
    request: { model: lab/chatt, messages: [{ role: user, content: x }] }
    expect: { error: 400 }
`;
    const { code, out } = await run(TEST, cases(yaml));
    expect([code, out]).toEqual([
      0,
      'ok    nothing is that cheap: refused with 404\nok    unknown: refused with 400\n\n2 cases: 2 passed, 0 failed.',
    ]);
  });

  test('measured figures order what asks for them', async () => {
    const yaml = `cases:
  - name: fast
    request: { model: "lab/chat:nitro", messages: [{ role: user, content: x }] }
    health: { one: { throughput: 30 }, two: { throughput: 90 }, two/priority: { throughput: 80 } }
    expect: { targets: [two|lab/chat, two/priority, one] }
  - name: quick to begin
    request: { model: lab/chat, messages: [{ role: user, content: x }], provider: { sort: latency } }
    health: { one: { latency: { p50: 4, p90: 9 } }, two: { latency: 0.3 } }
    expect: { first: two }
  - name: tools go where they work
    request: { model: lab/chat, messages: [{ role: user, content: x }], tools: [{ type: function, function: { name: f } }], provider: { max_price: { prompt: 10 } } }
    health: { one: { tool_error_rate: 0.4 }, two: { tool_error_rate: 0.01 } }
    expect: { first: two }
`;
    expect(await run(TEST, cases(yaml))).toMatchObject({ code: 0, out: expect.stringContaining('3 passed, 0 failed') });
  });

  test.each([
    ['expect: { first: one }', 'first: expected one, for certain\n               got      one 0.9, Two & Co 0.1'],
    ['expect: { first_share: { one: 0.5 } }', 'first_share.one: expected 0.5 (±0.01)'],
    ['expect: { targets: [two, one] }', 'targets: expected two, one\n                 got      one, Two & Co'],
    ['expect: { targets: one }', 'targets: expected one'],
    [
      'expect: { includes: three }',
      'got      excluded by max_price (its prompt price of $9 a million is above the cap of $5 a million)',
    ],
    ['expect: { never: two }', 'never: expected without two'],
    ['expect: { excludes: { three: zdr } }', 'excludes.three: expected zdr'],
    ['expect: { excludes: { one: max_price } }', 'got      a target: one, Two & Co'],
    ['expect: { excludes: { groq: max_price } }', 'got      it has no endpoint of this model'],
    [
      'expect: { expected_cost_below: 0.003 }',
      'expected_cost_below: expected $0.003\n                             got      $0.003018',
    ],
    ['expect: { error: 404 }', 'error: expected 404\n               got      the request is routed'],
    ['expect: { strategy: auto }', 'strategy: expected auto'],
    ['expect: { model: lab/other }', 'model: expected lab/other'],
    ['key: careful\n    expect: { first: one }', 'got      Two & Co 1'],
  ])('%s does not hold: exit code 1, with what came', async (lines, told) => {
    const { code, out } = await run(TEST, oneCase(lines));
    expect(out).toContain('FAIL  it\n');
    expect(out).toContain(told);
    expect(out).toEndWith('1 case: 0 passed, 1 failed.');
    expect(code).toBe(1);
  });

  test('a refusal that nobody expects is the failure, whatever else is expected', async () => {
    const yaml = `cases:
  - name: it
    request: { model: lab/chat, messages: [{ role: user, content: x }], provider: { only: [three] } }
    expect: { never: one }
`;
    const { code, out } = await run(TEST, cases(yaml));
    expect([code, out]).toEqual([1, expect.stringContaining('route: expected the request is routed')]);
  });

  test('shares are of the plan, not of one draw: any seed gives the same verdict', async () => {
    for (const seed of [1, 2, 3, 9]) {
      const { code } = await run(TEST, oneCase(`seed: ${seed}`, 'expect: { first_share: { one: 0.9, two: 0.1 } }'));
      expect(code).toBe(0);
    }
  });

  test('where only the first is tried, the shares of the others count as well', async () => {
    const yaml = `cases:
  - name: it
    request: { model: lab/chat, messages: [{ role: user, content: x }], provider: { allow_fallbacks: false } }
    expect: { first_share: { one: 0.9, two: 0.1 }, first: [one, two], expected_cost_below: 0.0031 }
`;
    expect(await run(TEST, cases(yaml))).toMatchObject({ code: 0 });
  });

  test('--json: every case with its failures and its report', async () => {
    const { code, out } = await run(`${TEST} --json`, oneCase('expect: { first: two }'));
    expect(code).toBe(1);
    const summary = z
      .looseObject({ passed: z.int(), failed: z.int(), cases: z.array(z.looseObject({})) })
      .parse(JSON.parse(out));
    expect(summary).toMatchObject({
      passed: 0,
      failed: 1,
      cases: [
        {
          name: 'it',
          ok: false,
          failures: [{ expectation: 'first', expected: 'two, for certain', got: 'one 0.9, Two & Co 0.1' }],
          report: { strategy: 'direct' },
        },
      ],
    });
  });

  test('a model that is retired by the case’s time is the latest no more', async () => {
    const old = servedModel({ id: 'lab/lynx-1', createdSeconds: 1_700_000_000 });
    const fresh = servedModel({ id: 'lab/lynx-2', createdSeconds: 1_750_000_000 });
    const models = [old.model, { ...fresh.model, expirationDate: '2026-10-01' }].map(
      (model) => [model.id, model] as const,
    );
    const endpoints = ['lab/lynx-1', 'lab/lynx-2'].map((id) => testEndpoint({ id }, 'groq'));
    const request = 'request: { model: ~lab/lynx-latest, messages: [{ role: user, content: x }] }';
    const yaml = `cases:
  - { name: before, ${request}, at: 2026-09-30T23:00:00Z, expect: { model: lab/lynx-2 } }
  - { name: after, ${request}, at: 2026-10-02T01:00:00Z, expect: { model: lab/lynx-1 } }
`;
    const catalogue = { ...sources, models: new Map([...sources.models, ...models]), endpoints };
    expect(await run(TEST, { ...cases(yaml), catalogue })).toMatchObject({ code: 0 });
  });

  test('the built-in prices, unless somebody names a folder with refreshed ones', async () => {
    expect((await run(TEST, oneCase('expect: { includes: one }'))).asked).toEqual([null]);
    expect((await run(`${TEST} --data box`, oneCase('expect: { includes: one }'))).asked).toEqual(['box']);
  });

  test.each([
    ['cases: []', 'cases: must name at least one case.'],
    ['{}', 'cases: is required.'],
    ['cases:\n  - name: a\n    reqest: {}', 'tests.yaml:3:5: cases[0].reqest: unknown key. Did you mean request?'],
    ['a: [', 'tests.yaml:1:5: '],
  ])('%p is a mistake of the file: exit code 2', async (yaml, told) => {
    expect(await run(TEST, cases(yaml))).toMatchObject({ code: 2, out: '', err: expect.stringContaining(told) });
  });

  test.each([
    ['expect: { frist: one }', 'cases[0].expect.frist: unknown key. Did you mean first?'],
    ['expect: {}', 'cases[0].expect: expects nothing.'],
    ['expect: { tolerance: 0.5 }', 'cases[0].expect: expects nothing.'],
    ['expect: { first_share: { one: 2 } }', 'cases[0].expect.first_share.one: must be at most 1.'],
    ['expect: { never: opneai }', 'cases[0].expect.never: "opneai" is no provider. Did you mean openai?'],
    [
      'expect: { never: one }\n    health: { openai: failing }',
      'cases[0].health.openai: "openai" is no provider of the configuration.',
    ],
    [
      'expect: { never: one }\n    health: { one: broken }',
      'cases[0].health.one: must be ready, failing, resting, or a group of keys.',
    ],
    [
      'expect: { never: one }\n    health: { one: { latency: slow } }',
      'latency: must be a number, or a group of p50, p75, p90 and p99.',
    ],
    ['expect: { never: one }\n    at: tomorrow', 'cases[0].at: must be a time such as'],
    [
      'expect: { never: one }\n    key: cj',
      'cases[0].key: routing.keys of the configuration has no "cj". Did you mean ci?',
    ],
    [
      `expect: { never: one }\n  - name: it\n    ${REQUEST_YAML}\n    expect: { never: one }`,
      'another case is called "it".',
    ],
    [
      'expect: { never: one }\n  - name: b\n    request: { model: lab/chat }\n    expect: { never: one }',
      'tests.yaml:6:5: cases[1].request: messages: required',
    ],
  ])('%p is a mistake of the file, too', async (lines, told) => {
    expect(await run(TEST, oneCase(lines))).toMatchObject({ code: 2, out: '', err: expect.stringContaining(told) });
  });
});
