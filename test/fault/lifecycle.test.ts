/** An orderly end and a change of configuration, under traffic: no request is dropped by either. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { renameSync, writeFileSync } from 'node:fs';
import { ask, chat, wholeOf } from '../kit/ask.ts';
import { generationOf, nanoUsd } from '../kit/generation.ts';
import { openRaw } from '../kit/raw-socket.ts';
import { parseStream, readStream, shapeOf } from '../kit/read-stream.ts';
import { createServeFolder, type ServeChild, type ServeFolder } from '../kit/serve-child.ts';

const TEXT = 'one two three four five six seven eight nine ten';

const withModel = (name: string, usdPerMillion: number): string =>
  `providers:
  sim: {}
  lab:
    dialect: openai-chat
    base_url: "sim://lab/v1"
    api_key: none
    models: [{ id: lab/${name}, upstream: echo, pricing: { prompt: "0.00000${usdPerMillion}", completion: "0.00000${usdPerMillion}" } }]
`;

let folder: ServeFolder;
let gateway: ServeChild;

async function start(): Promise<void> {
  folder = createServeFolder(withModel('first', 1));
  gateway = await folder.start();
}

async function end(): Promise<void> {
  gateway.kill('SIGKILL');
  await gateway.exited;
  folder.remove();
}

describe('SIGTERM', () => {
  beforeEach(start);
  afterEach(end);

  test('open streams and whole answers are finished, new connections refused, then it exits with 0', async () => {
    const streams = Array.from({ length: 20 }, async () =>
      readStream(await ask(gateway, chat('sim/echo?token_ms=40', TEXT, { stream: true }))),
    );
    const wholes = Array.from({ length: 20 }, async () =>
      wholeOf(await ask(gateway, chat('sim/echo?first_byte_ms=400', TEXT))),
    );
    const client = openRaw(gateway, chat('sim/echo?token_ms=40', TEXT, { stream: true }));
    await client.until('two');
    gateway.kill('SIGTERM');
    await gateway.prints('SIGTERM');
    await Bun.sleep(50);
    expect(
      await ask(gateway, chat('sim/echo')).then(
        ({ status }) => status,
        () => 'refused',
      ),
    ).toBe('refused');

    for (const stream of await Promise.all(streams)) {
      expect([shapeOf(stream), stream.text]).toEqual(['content finish usage done', TEXT]);
    }
    for (const whole of await Promise.all(wholes)) expect(whole.choices[0]?.message.content).toBe(TEXT);
    expect(await client.closed()).toContain('data: [DONE]');
    expect(await gateway.exited).toBe(0);

    const id = client.id() ?? '';
    gateway = await folder.start();
    expect(await generationOf(gateway, id)).toMatchObject({ cancelled: false, finish_reason: 'stop' });
  });

  test('with idle keep-alive connections it does not wait', async () => {
    for (let i = 0; i < 5; i++) await wholeOf(await ask(gateway, chat('sim/echo')));
    const since = performance.now();
    gateway.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
    expect(performance.now() - since).toBeLessThan(2000);
  });

  test('a second signal means now', async () => {
    const client = openRaw(gateway, chat('sim/echo?stall=1', TEXT, { stream: true }));
    await client.until('one');
    gateway.kill('SIGTERM');
    await gateway.prints('SIGTERM');
    gateway.kill('SIGTERM');
    expect(await gateway.exited).toBe(130);
  });
});

describe('a changed configuration', () => {
  beforeAll(start);
  afterAll(end);

  /** Requests without a pause until stopped; what they brought. */
  function startTraffic() {
    let isStopped = false;
    let answered = 0;
    const failures: string[] = [];
    const run = async (client: number): Promise<void> => {
      while (!isStopped) {
        const isStream = client % 2 === 0;
        const response = await ask(gateway, chat('sim/echo?token_ms=2', TEXT, { stream: isStream }));
        const text = await response.text();
        const isWhole = isStream ? parseStream(text).isDone : text.includes('"usage"');
        if (response.status !== 200 || !isWhole) failures.push(`${response.status} ${text.slice(0, 200)}`);
        answered++;
      }
    };
    const clients = Array.from({ length: 8 }, (_, client) => run(client));
    return async () => {
      isStopped = true;
      await Promise.all(clients);
      return { answered, failures };
    };
  }

  const statusOf = async (model: string): Promise<number> => (await ask(gateway, chat(model))).status;

  async function isServedSoon(model: string): Promise<void> {
    const until = performance.now() + 5000;
    while ((await statusOf(model)) !== 200) {
      if (performance.now() > until) throw new Error(`${model} is not served; printed:\n${gateway.printed()}`);
      await Bun.sleep(10);
    }
  }

  test.each<[how: string, model: string, apply: (yaml: string) => void]>([
    [
      'on SIGHUP',
      'hup',
      (yaml) => {
        folder.writeConfig(yaml);
        gateway.kill('SIGHUP');
      },
    ],
    ['when the file is written', 'written', (yaml) => folder.writeConfig(yaml)],
    [
      'when another file takes its place',
      'renamed',
      (yaml) => {
        writeFileSync(`${folder.configFile}.new`, yaml);
        renameSync(`${folder.configFile}.new`, folder.configFile);
      },
    ],
  ])('%s: in force, and no request was dropped', async (_, model, apply) => {
    folder.writeConfig(withModel(`${model}-before`, 1));
    await isServedSoon(`lab/${model}-before`);
    const stopTraffic = startTraffic();
    // What runs keeps what it began with, though its model is gone from the file meanwhile.
    const body = chat(`lab/${model}-before`, 'word '.repeat(20_000), { stream: true });
    const running = readStream(await ask(gateway, body));
    apply(withModel(`${model}-after`, 2));
    await isServedSoon(`lab/${model}-after`);
    expect(await statusOf(`lab/${model}-before`)).toBe(400);
    const { usage, isDone } = await running;
    expect([isDone, nanoUsd(usage?.cost ?? 0)]).toEqual([true, 25_000n * 2n * 1000n]);
    const { answered, failures } = await stopTraffic();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(10);
  });

  test('a broken file changes nothing and says why, with file and line; the next good one is taken', async () => {
    folder.writeConfig(withModel('good', 1));
    await isServedSoon('lab/good');
    const stopTraffic = startTraffic();
    folder.writeConfig(withModel('bad', 2).replace('base_url', 'base_ulr'));
    await gateway.prints('not reloaded: the last good configuration stays in force');
    expect(gateway.printed()).toContain(`${folder.configFile}:5`);
    expect(gateway.printed()).toContain('base_url');
    expect([await statusOf('lab/good'), await statusOf('lab/bad')]).toEqual([200, 400]);

    folder.writeConfig('providers: [');
    gateway.kill('SIGHUP');
    await Bun.sleep(200);
    expect(await statusOf('lab/good')).toBe(200);

    folder.writeConfig(withModel('better', 2));
    await isServedSoon('lab/better');
    expect((await stopTraffic()).failures).toEqual([]);
  });

  test('prices change for what comes after, not for what was counted before', async () => {
    folder.writeConfig(withModel('priced', 1));
    await isServedSoon('lab/priced');
    const before = await wholeOf(await ask(gateway, chat('lab/priced', 'four')));
    folder.writeConfig(withModel('priced', 5));
    let after = await wholeOf(await ask(gateway, chat('lab/priced', 'four')));
    for (let i = 0; after.usage.cost === before.usage.cost && i < 200; i++) {
      await Bun.sleep(10);
      after = await wholeOf(await ask(gateway, chat('lab/priced', 'four')));
    }
    expect([before.usage.cost, after.usage.cost]).toEqual([0.000002, 0.00001]);
    expect((await generationOf(gateway, before.id)).total_cost).toBe(0.000002);
  });
});
