/** An orderly end and a change of configuration, under traffic: no request is dropped by either (DESIGN §7.6, §7.9). */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { renameSync, writeFileSync } from 'node:fs';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
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
beforeEach(async () => {
  folder = createServeFolder(withModel('before', 1));
  gateway = await folder.start();
});
afterEach(async () => {
  gateway.kill('SIGKILL');
  await gateway.exited;
  folder.remove();
});

describe('SIGTERM', () => {
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

  const isServed = async (model: string): Promise<boolean> => (await ask(gateway, chat(model))).status === 200;

  test.each<[how: string, apply: (yaml: string) => void]>([
    [
      'on SIGHUP',
      (yaml) => {
        folder.writeConfig(yaml);
        gateway.kill('SIGHUP');
      },
    ],
    ['when the file is written', (yaml) => folder.writeConfig(yaml)],
    [
      'when another file takes its place',
      (yaml) => {
        writeFileSync(`${folder.configFile}.new`, yaml);
        renameSync(`${folder.configFile}.new`, folder.configFile);
      },
    ],
  ])('%s: in force, and no request was dropped', async (_, apply) => {
    const stopTraffic = startTraffic();
    // What runs keeps the prices it began with; its model is gone from the file meanwhile.
    const running = ask(gateway, chat('sim/echo?token_ms=25', TEXT, { stream: true }));
    apply(withModel('after', 2));
    await gateway.prints('configuration reloaded');
    expect(await isServed('lab/after')).toBe(true);
    expect(await errorOf(await ask(gateway, chat('lab/before')))).toMatchObject({ code: 400 });
    expect((await readStream(await running)).text).toBe(TEXT);
    const { answered, failures } = await stopTraffic();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(10);
  });

  test('a broken file changes nothing and says why, with file and line; the next good one is taken', async () => {
    const stopTraffic = startTraffic();
    folder.writeConfig(withModel('after', 2).replace('base_url', 'base_ulr'));
    await gateway.prints('not reloaded: the last good configuration stays in force');
    expect(gateway.printed()).toContain(`${folder.configFile}:5`);
    expect(gateway.printed()).toContain('base_url');
    expect(await isServed('lab/before')).toBe(true);

    folder.writeConfig('providers: [');
    gateway.kill('SIGHUP');
    await Bun.sleep(200);
    expect(await isServed('lab/before')).toBe(true);

    folder.writeConfig(withModel('after', 2));
    await gateway.prints('configuration reloaded');
    expect(await isServed('lab/after')).toBe(true);
    expect((await stopTraffic()).failures).toEqual([]);
  });

  test('prices change for what comes after, not for what was counted before', async () => {
    const before = await wholeOf(await ask(gateway, chat('lab/before', 'four')));
    folder.writeConfig(withModel('before', 5));
    await gateway.prints('configuration reloaded');
    const after = await wholeOf(await ask(gateway, chat('lab/before', 'four')));
    expect([before.usage.cost, after.usage.cost]).toEqual([0.000002, 0.00001]);
    expect((await generationOf(gateway, before.id)).total_cost).toBe(0.000002);
  });
});
