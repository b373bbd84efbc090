import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { createKeyTable } from '../config/key-table.ts';
import type { KeyRecord } from '../core/caller.ts';
import { parseKey } from '../core/keys.ts';
import { createBalances } from '../ledger/balances.ts';
import { createControl } from '../server/management/control.ts';
import { createKeyAdmin } from '../server/management/key-admin.ts';
import { keysCommand } from './keys.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const clock = { now: () => NOW };
let rows: Map<string, KeyRecord>;
let balances: ReturnType<typeof createBalances>;
let command: (line: string) => Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
const askedFolders: (string | undefined)[] = [];

beforeEach(() => {
  rows = new Map();
  balances = createBalances(clock);
  let made = 0;
  const keyAdmin = createKeyAdmin({
    clock,
    digest: (text) => new Bun.CryptoHasher('sha256').update(text).digest('hex'),
    // Labels show the first and last three digits: all keys of a test share theirs.
    randomHex: (bytes) => `aaa${(++made).toString(16).padStart(bytes * 2 - 6, '0')}bbb`,
    keyStore: {
      list: async () => [...rows.values()],
      put: async (key) => void rows.set(key.hash, key),
      remove: async (hash) => rows.delete(hash),
    },
    keyTable: createKeyTable([]),
  });
  const control = createControl({ keyAdmin, balances, clock });
  command = async (line) => {
    const [out, err]: [string[], string[]] = [[], []];
    const words = line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
    const code = await keysCommand(words, {
      print: (text) => void out.push(text),
      complain: (text) => void err.push(text),
      control: (name, args, dataDirectory) => {
        askedFolders.push(dataDirectory);
        return control(name, args);
      },
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
});
afterEach(() => {
  askedFolders.length = 0;
});

describe('keys create', () => {
  test('prints the key alone on standard output, so that a script can take it', async () => {
    const { code, out, err } = await command(
      'create --name ci --limit 0.50 --reset weekly --expires 2027-01-01T00:00:00Z',
    );
    expect(code).toBe(0);
    expect(parseKey(out).kind).toBe('key');
    expect(err).toContain('not shown again');
    expect(err).not.toContain(out);
    expect([...rows.values()]).toMatchObject([
      {
        kind: 'inference',
        name: 'ci',
        limitNanoUsd: 500_000_000n,
        limitReset: 'weekly',
        expiresAtMs: Date.parse('2027-01-01T00:00:00Z'),
        source: 'database',
      },
    ]);
  });

  test('makes a management key where asked', async () => {
    await command('create --name boss --management');
    expect([...rows.values()]).toMatchObject([{ kind: 'management', limitNanoUsd: null }]);
  });

  test('works on the folder that --data names', async () => {
    await command('create --name ci --data /var/lib/box');
    await command('list');
    expect(askedFolders).toEqual(['/var/lib/box', undefined]);
  });

  test.each([
    ['create', 2, 'needs --name'],
    ['create --name x --limit five', 2, '--limit takes an amount in USD'],
    ['create --name x --limit', 2, 'limit'],
    ['create --name x --limit -5', 2, 'limit'],
    ['create --name x --limit=-5', 1, 'limit: must not be negative'],
    ['create --name x --reset hourly', 1, 'limit_reset: '],
    ['create --name x --expires tomorrow', 1, 'expires_at: must be an ISO 8601 time'],
    ['create --name x --colour red', 2, '--colour'],
    ['create extra --name x', 2, '"create extra" is not understood'],
    ['destroy', 2, '"destroy" is not understood'],
    ['', 2, 'which command?'],
  ])('%p is refused with its cause', async (line, code, cause) => {
    const refused = await command(line);
    expect(refused).toEqual({ code, out: '', err: expect.stringContaining(cause) });
    expect(rows.size).toBe(0);
  });
});

describe('keys list', () => {
  test('shows a line a key, with limit and spend, and no key', async () => {
    const { out: key } = await command('create --name "first key" --limit 5 --reset daily');
    await command('create --name boss --management');
    const [first] = [...rows.values()];
    balances.post(first?.hash ?? '', 1_250_000_001n, NOW);
    const { out } = await command('list');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^HASH +LABEL +NAME +KIND +STATE +LIMIT +SPENT +EXPIRES +SOURCE$/);
    expect(lines.find((line) => line.includes('first key'))).toMatch(
      /inference +enabled +\$5 daily +\$1\.250000001 +- +database$/,
    );
    expect(lines.find((line) => line.includes('boss'))).toMatch(/management +enabled +- +\$0 +-/);
    expect(out).not.toContain(key);
  });

  test('a name cannot move the cursor of the terminal', async () => {
    await command('create --name "evil\u001b[2Jname"');
    const { out } = await command('list');
    expect(out).not.toContain('\u001b');
    expect(out).toContain('evil [2Jname');
  });
});

describe('keys disable', () => {
  test.each([
    ['a hash', (key: KeyRecord) => key.hash],
    ['the beginning of one', (key: KeyRecord) => key.hash.slice(0, 12)],
    ['a label', (key: KeyRecord) => key.label],
  ])('takes %s', async (_, choose) => {
    await command('create --name x');
    const [key] = [...rows.values()];
    if (key === undefined) throw new Error('no key was made');
    expect(await command(`disable ${choose(key)}`)).toMatchObject({ code: 0, out: `disabled ${key.label} (x)` });
    expect(rows.get(key.hash)).toMatchObject({ disabled: true, updatedAtMs: NOW });
  });

  test('refuses what is no key, and what is several', async () => {
    expect(await command('disable ffffffffffff')).toMatchObject({
      code: 1,
      err: expect.stringContaining('No key has'),
    });
    await command('create --name x');
    await command('create --name y');
    const shared = [...rows.values()].at(0)?.label ?? '';
    expect(await command(`disable ${shared}`)).toMatchObject({ code: 1, err: expect.stringContaining('is 2 keys') });
    expect(await command('disable')).toMatchObject({ code: 2 });
  });

  test('refuses to shut out the last management key', async () => {
    await command('create --name boss --management');
    const [boss] = [...rows.values()];
    expect(await command(`disable ${boss?.hash}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('last usable management key'),
    });
  });
});

test('trouble on the way is told by its own words', async () => {
  const err: string[] = [];
  const io = {
    print() {},
    complain: (text: string) => void err.push(text),
    control: () => Promise.reject(new Error('the data folder is in use')),
  };
  expect(await keysCommand(['list'], io)).toBe(1);
  expect(err).toEqual(['the data folder is in use']);
});
