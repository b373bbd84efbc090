/** `signalbox route` as a process of its own: beside a running server, which it asks for live health, and without one. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { sendControl } from '../../src/store/control-socket.ts';
import { findLockHolder } from '../../src/store/lock.ts';
import { ask, chat, wholeOf } from '../kit/ask.ts';
import { createApiKey, spendLimit } from '../kit/keys.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const COMMAND = resolve(import.meta.dir, '../../bin/signalbox');

const host = (name: string, upstream: string, usd: number) =>
  `  ${name}: { dialect: openai-chat, base_url: "sim://${name}/v1", api_key: none, ` +
  `models: [{ id: lab/plain, upstream: "${upstream}", pricing: { prompt: "0.00000${usd}", completion: "0.00000${usd}" } }] }\n`;
const CONFIG = `routing: { keys: { dearest: { order: [two] } } }\nproviders:\n  sim: {}\n${host('one', 'echo?status=429&retry_after=60', 1)}${host('two', 'echo', 3)}`;

let gateway: Gateway;
let folder: string;
beforeAll(async () => {
  gateway = await startGateway({ config: CONFIG });
  folder = mkdtempSync(join(tmpdir(), 'signalbox-route-'));
  writeFileSync(join(folder, 'signalbox.yaml'), CONFIG);
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const dataDirectory = () => join(gateway.dataDirectory, 'data');

async function signalbox(args: readonly string[], input: unknown) {
  const child = Bun.spawn([COMMAND, 'route', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    stdin: new Blob([JSON.stringify(input)]),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, out, err };
}

async function control(args: Parameters<typeof sendControl>[2]) {
  const holder = await findLockHolder(dataDirectory());
  return sendControl(holder?.socketPath ?? '', 'route.explain', args);
}

test('beside a running server: its health, which a configuration does not have', async () => {
  await wholeOf(await ask(gateway, chat('lab/plain', 'hi', { provider: { order: ['one'] } })));
  const { code, out, err } = await signalbox(['explain', '-', '--data', dataDirectory()], chat('lab/plain'));
  expect([code, err]).toEqual([0, '']);
  expect(out).toStartWith('lab/plain goes to two as echo (two|lab/plain), about $0.0030');
  expect(out).toContain('planned by  the running server');
  expect(out).toMatch(/^ {2}2 {2}one .* resting$/m);
});

test('without a server: from the configuration', async () => {
  const files = { config: join(folder, 'signalbox.yaml'), data: join(folder, 'nothing') };
  const { code, out } = await signalbox(
    ['explain', '-', '--config', files.config, '--data', files.data, '--key', 'dearest'],
    chat('lab/plain'),
  );
  expect(code).toBe(0);
  expect(out).toContain('because     provider.order: two');
  expect(out).toContain('no server runs');
  // A question leaves nothing behind.
  expect(await Bun.file(join(files.data, 'lock')).exists()).toBe(false);
});

test('route test needs neither a server nor a key', async () => {
  const file = join(folder, 'routes.yaml');
  writeFileSync(
    file,
    'cases:\n  - name: cheap\n    request: { model: lab/plain, messages: [{ role: user, content: hi }] }\n    expect: { first_share: { one: 0.9 } }\n',
  );
  const { code, out } = await signalbox(['test', file, '--config', 'signalbox.yaml'], null);
  expect([code, out]).toEqual([0, 'ok    cheap: one and 1 more\n\n1 case: 1 passed, 0 failed.\n']);
});

test('asked for help, it says how it is used and plans nothing', async () => {
  const child = Bun.spawn([COMMAND, 'route', 'explain', '--help'], { cwd: folder, stdout: 'pipe', stderr: 'pipe' });
  const [said, complained] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect([await child.exited, complained]).toEqual([0, '']);
  expect(said).toStartWith('usage: signalbox route <command>\n');
});

describe('route.explain on the control socket', () => {
  test.each([
    ['its name', async () => (await createApiKey(gateway, { name: 'dearest' })) && 'dearest'],
    ['its hash', async () => (await createApiKey(gateway, { name: 'dearest' })).hash],
  ])('a key by %s: its defaults, and whether it could pay', async (_, choose) => {
    const key = await choose();
    expect(await control({ body: chat('lab/plain'), key })).toMatchObject({
      data: { admitted: { ok: true }, preferences: { order: ['two'] }, preferences_from: { order: ['key'] } },
    });
  });

  test('a key that has spent its limit', async () => {
    const { hash } = await spendLimit(gateway);
    expect(await control({ body: chat('lab/plain'), key: hash })).toMatchObject({
      data: { admitted: { ok: false, reason: expect.stringContaining('Key limit exceeded') }, error: null },
    });
  });

  test('no key: nobody’s limit is asked', async () => {
    expect(await control({ body: chat('lab/plain') })).toMatchObject({
      data: { admitted: { ok: null, reason: null } },
    });
  });

  test.each([
    ['an unknown key', { body: chat('lab/plain'), key: 'nobody' }, 'No key has the name, hash or label "nobody".'],
    ['a body that is no request', { body: { model: 'lab/plain' } }, 'messages: required'],
    ['another field', { body: chat('lab/plain'), ky: 'x' }, 'ky'],
  ])('%s is refused', async (_, args, told) => {
    await expect(control(args)).rejects.toThrow(told);
  });

  test('a management key is no caller', async () => {
    const listed = await fetch(`${gateway.url}/api/v1/key`, {
      headers: { authorization: `Bearer ${gateway.managementKey}` },
    });
    const { label } = z.object({ data: z.looseObject({ label: z.string() }) }).parse(await listed.json()).data;
    await expect(control({ body: chat('lab/plain'), key: label })).rejects.toThrow('is a management key');
  });
});
