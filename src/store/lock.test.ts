import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayError, invalidRequest } from '../core/errors.ts';
import { controlSocketPath, listenControl, sendControl } from './control-socket.ts';
import { acquireLock, findLockHolder, LockHeldError } from './lock.ts';
import { openControl } from './open-control.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sb-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A process id that was alive and is no more. */
async function deadPid(): Promise<number> {
  const child = Bun.spawn(['true']);
  await child.exited;
  return child.pid;
}

describe('the lock of a data folder', () => {
  test('is held by one, who is named to the next, until released', async () => {
    const lock = await acquireLock(directory, null);
    await expect(acquireLock(directory, null)).rejects.toThrow(`in use by process ${process.pid}`);
    expect(await findLockHolder(directory)).toMatchObject({ pid: process.pid });
    lock.release();
    expect(await findLockHolder(directory)).toBeNull();
    (await acquireLock(directory, null)).release();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is taken by exactly one of many that find a stale one', async () => {
    writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: await deadPid(), startTicks: '1', socketPath: null }));
    const takers = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(directory, null)));
    expect(takers.filter((taker) => taker.status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  test('of a killed process is taken over', async () => {
    writeFileSync(
      join(directory, 'lock'),
      JSON.stringify({ pid: await deadPid(), startTicks: null, socketPath: null }),
    );
    (await acquireLock(directory, null)).release();
  });

  test('of a killed process is taken over although its id runs again', async () => {
    writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: process.pid, startTicks: '1', socketPath: null }));
    (await acquireLock(directory, null)).release();
  });

  test('that is cut or empty is taken over', async () => {
    writeFileSync(join(directory, 'lock'), '{"pid": 12');
    (await acquireLock(directory, null)).release();
  });

  test('is held where the socket answers though the process id means nothing here', async () => {
    const socketPath = join(directory, 'control.sock');
    const server = listenControl(socketPath, async () => null);
    writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: await deadPid(), startTicks: null, socketPath }));
    await expect(acquireLock(directory, null)).rejects.toBeInstanceOf(LockHeldError);
    server.close();
    (await acquireLock(directory, null)).release();
  });

  test('is not removed by one that no longer holds it', async () => {
    const lock = await acquireLock(directory, null);
    writeFileSync(join(directory, 'lock'), 'somebody else');
    lock.release();
    expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe('somebody else');
  });
});

describe('the control socket', () => {
  const path = () => join(directory, 'control.sock');

  test('carries a command and its answer, large ones whole, for the owner alone', async () => {
    const server = listenControl(path(), async (command, args) => ({ command, args, much: 'ü'.repeat(2_000_000) }));
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const args = { text: 'é\n"'.repeat(50_000) };
    expect(await sendControl(path(), 'keys.list', args)).toEqual({
      command: 'keys.list',
      args,
      much: 'ü'.repeat(2_000_000),
    });
    server.close();
  });

  test('brings back a refusal with its code, message and field', async () => {
    const server = listenControl(path(), async () => {
      throw invalidRequest('limit', 'must not be negative');
    });
    const refusal = await sendControl(path(), 'keys.create', {}).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(GatewayError);
    expect(refusal).toMatchObject({
      code: 'client.invalid_request',
      message: 'limit: must not be negative',
      details: { field: 'limit' },
    });
    server.close();
  });

  test('refuses what is no command, and what is too long', async () => {
    const server = listenControl(path(), async () => 'reached');
    const refusals = await Promise.all(
      ['nonsense\n', '[]\n', '{"command":5}\n', `${'x'.repeat(1_100_000)}\n`].map(sendRaw),
    );
    for (const refusal of refusals) expect(refusal).toContain('"ok":false');
    server.close();
  });

  test('says so where nobody answers in time', async () => {
    const server = listenControl(path(), () => new Promise(() => {}));
    await expect(sendControl(path(), 'keys.list', {}, 30)).rejects.toMatchObject({ code: 'gateway.unavailable' });
    server.close();
  });

  test('takes over the file that a killed server left', async () => {
    writeFileSync(path(), '');
    const server = listenControl(path(), async () => 1);
    expect(await sendControl(path(), 'x', {})).toBe(1);
    server.close();
  });

  test('lies elsewhere where the folder’s path is too long for the kernel', async () => {
    const long = join(directory, 'd'.repeat(120));
    mkdirSync(long);
    const socketPath = controlSocketPath(long);
    const server = listenControl(socketPath, async () => 1);
    expect(await sendControl(socketPath, 'x', {})).toBe(1);
    server.close();
    expect(controlSocketPath(directory)).toBe(path());
  });

  /** What comes back for these bytes, whoever sends them. */
  async function sendRaw(text: string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    let rest = new TextEncoder().encode(text);
    const write = (socket: { write(bytes: Uint8Array): number }) => {
      rest = rest.subarray(Math.max(0, socket.write(rest)));
    };
    await Bun.connect({
      unix: path(),
      socket: { open: write, drain: write, data: (_, bytes) => resolve(bytes.toString()) },
    });
    return promise;
  }
});

describe('a command', () => {
  const options = () => ({ dataDirectory: directory, clock: Date, serve: async () => async () => 'by itself' });

  test('runs on the store itself where no server holds the folder, holding the lock meanwhile', async () => {
    const control = await openControl(options());
    expect(await control.request('x', {})).toBe('by itself');
    await expect(openControl(options())).rejects.toBeInstanceOf(LockHeldError);
    await control.close();
    expect(await findLockHolder(directory)).toBeNull();
  });

  test('goes to the server that holds the folder', async () => {
    const socketPath = controlSocketPath(directory);
    const lock = await acquireLock(directory, socketPath);
    const server = listenControl(socketPath, async () => 'by the server');
    const control = await openControl(options());
    expect(await control.request('x', {})).toBe('by the server');
    await control.close();
    server.close();
    lock.release();
  });
});
