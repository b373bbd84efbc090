/** The management routes as the unmodified @openrouter/sdk sees them: it refuses any answer whose shape is not exact. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import { createKeyTable } from '../../config/key-table.ts';
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError, toGatewayError } from '../../core/errors.ts';
import { isJsonObject, type Json, objectAt, stringAt } from '../../core/json.ts';
import { createBalances } from '../../ledger/balances.ts';
import { sampleSettlement } from '../../ledger/sample-settlement.ts';
import type { Settlement } from '../../ledger/store.ts';
import { getCredits } from './credits.ts';
import { getGeneration } from './generation.ts';
import { getCurrentKey } from './key.ts';
import { createKeyAdmin } from './key-admin.ts';
import { createKeyRoutes } from './keys.ts';
import type { ManagementResult } from './management-result.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const HOUR_MS = 3_600_000;
const clock = { now: () => NOW };

const keyOf = (about: Partial<KeyRecord>): KeyRecord => ({
  hash: 'c'.repeat(64),
  kind: 'inference',
  name: 'seed',
  label: 'sk-or-v1-abc...123',
  disabled: false,
  limitNanoUsd: null,
  limitReset: null,
  includeByokInLimit: false,
  createdAtMs: NOW - HOUR_MS,
  updatedAtMs: null,
  expiresAtMs: null,
  creatorUserId: null,
  workspaceId: 'workspace',
  externalUser: null,
  source: 'database',
  ...about,
});
const MANAGER = keyOf({ kind: 'management', hash: 'm'.repeat(64), name: 'manager' });
const USER = keyOf({ kind: 'inference', hash: 'a'.repeat(64), name: 'user' });

/** Everything behind the routes, kept in memory; `write` fails while `storeIsDown`. */
function createWorld() {
  const rows = new Map<string, KeyRecord>();
  const table = createKeyTable([MANAGER, USER]);
  const settled = new Map<string, Settlement>();
  const unacknowledged = new Map<string, Settlement>();
  const running = new Map<string, string>();
  const balances = createBalances(clock);
  let made = 0;
  const world = {
    rows,
    table,
    settled,
    unacknowledged,
    running,
    balances,
    storeIsDown: false,
    caller: MANAGER,
  };
  const write = async () => {
    await Bun.sleep(1);
    if (world.storeIsDown) throw new GatewayError('gateway.unavailable', 'The ledger could not record this.');
  };
  const keyAdmin = createKeyAdmin({
    clock,
    digest: (text) => new Bun.CryptoHasher('sha256').update(text).digest('hex'),
    randomHex: (bytes) => (++made).toString(16).padStart(bytes * 2, '0'),
    keyStore: {
      list: async () => [...rows.values()],
      put: async (key) => {
        await write();
        rows.set(key.hash, key);
      },
      remove: async (hash) => {
        await write();
        return rows.delete(hash);
      },
    },
    keyTable: table,
  });
  const keys = createKeyRoutes({ keyAdmin, balances, clock });
  const generationDeps = {
    ledger: { pending: (id: string) => unacknowledged.get(id) },
    queries: { generation: async (id: string) => settled.get(id) },
    runningKeyHash: (id: string) => running.get(id),
  };
  const route = async (request: Request): Promise<ManagementResult> => {
    const url = new URL(request.url);
    const query = Object.fromEntries(url.searchParams);
    const [, resource = '', hash] = url.pathname.split('/');
    const { caller } = world;
    const body = async (): Promise<Json> => JSON.parse(await request.text());
    switch (`${request.method} ${resource}${hash === undefined ? '' : '/'}`) {
      case 'GET keys':
        return keys.list(caller, query);
      case 'POST keys':
        return keys.create(caller, await body());
      case 'GET keys/':
        return keys.get(caller, hash ?? '');
      case 'PATCH keys/':
        return keys.update(caller, hash ?? '', await body());
      case 'DELETE keys/':
        return keys.remove(caller, hash ?? '');
      case 'GET key':
        return getCurrentKey(caller, balances);
      case 'GET credits':
        return getCredits(caller, balances);
      case 'GET generation':
        return getGeneration(generationDeps, caller, query);
      default:
        throw new Error(`no such route in this test: ${request.method} ${url.pathname}`);
    }
  };
  return Object.assign(world, { route });
}

let world = createWorld();
let server: Bun.Server<undefined>;
let sdk: OpenRouter;
beforeEach(() => {
  world = createWorld();
});
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      try {
        const { status, body } = await world.route(request);
        return Response.json(body, { status });
      } catch (thrown) {
        const error = toGatewayError(thrown);
        return Response.json({ error: { code: error.status, message: error.message } }, { status: error.status });
      }
    },
  });
  sdk = new OpenRouter({ apiKey: 'any', serverURL: server.url.href, retryConfig: { strategy: 'none' } });
});
afterAll(() => server.stop(true));

/** Status and message of an answer as plain HTTP gives it. */
async function ask(method: string, path: string, body?: Json): Promise<{ status: number; message: string }> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(new URL(path, server.url), init);
  const answer: Json = JSON.parse(await response.text());
  return {
    status: response.status,
    message: stringAt((isJsonObject(answer) ? objectAt(answer, 'error') : undefined) ?? {}, 'message') ?? '',
  };
}

describe('keys', () => {
  test('a new key is shown once, stored as its digest, and usable at once', async () => {
    const created = await sdk.apiKeys.create({
      requestBody: {
        name: 'ci',
        limit: 12.5,
        limitReset: 'monthly',
        includeByokInLimit: true,
        expiresAt: new Date(NOW + HOUR_MS),
        external: { user: 'customer-7' },
      },
    });
    expect(created.key).toMatch(/^sk-or-v1-[0-9a-f]{64}$/);
    expect(created.data).toMatchObject({
      name: 'ci',
      hash: new Bun.CryptoHasher('sha256').update(created.key).digest('hex'),
      label: `${created.key.slice(0, 12)}...${created.key.slice(-3)}`,
      limit: 12.5,
      limitRemaining: 12.5,
      limitReset: 'monthly',
      includeByokInLimit: true,
      disabled: false,
      usage: 0,
      expiresAt: new Date(NOW + HOUR_MS),
      createdAt: '2026-11-25T12:00:00.000Z',
      updatedAt: null,
      externalUser: 'customer-7',
      workspaceId: 'workspace',
    });
    expect(world.table.get(created.data.hash)).toEqual(world.rows.get(created.data.hash));
    expect(JSON.stringify(await sdk.apiKeys.list())).not.toContain(created.key);
  });

  test('are read, changed and removed, their spend beside the limit', async () => {
    const { data } = await sdk.apiKeys.create({ requestBody: { name: 'first' } });
    world.balances.post(data.hash, 250_000_000n, NOW);
    world.balances.post(data.hash, 1n, NOW - 40 * 24 * HOUR_MS);
    const updated = await sdk.apiKeys.update({
      hash: data.hash,
      requestBody: { name: 'second', limit: 1, limitReset: 'daily' },
    });
    expect(updated.data).toMatchObject({
      name: 'second',
      limit: 1,
      limitRemaining: 0.75,
      usage: 0.250000001,
      usageDaily: 0.25,
      usageWeekly: 0.25,
      usageMonthly: 0.25,
      updatedAt: '2026-11-25T12:00:00.000Z',
    });
    expect((await sdk.apiKeys.update({ hash: data.hash, requestBody: { limit: null } })).data.limit).toBeNull();
    expect((await sdk.apiKeys.get({ hash: data.hash })).data.name).toBe('second');
    expect(await sdk.apiKeys.delete({ hash: data.hash })).toEqual({ deleted: true });
    expect(world.table.get(data.hash)).toBeUndefined();
    await expect(sdk.apiKeys.get({ hash: data.hash })).rejects.toMatchObject({ statusCode: 404 });
  });

  test('are listed newest first, a hundred a page, disabled ones on request', async () => {
    world.table.remove(USER.hash);
    for (let number = 0; number < 103; number++) {
      const hash = number.toString(16).padStart(64, '0');
      world.table.put(keyOf({ hash, name: `key ${number}`, createdAtMs: NOW + number, disabled: number === 102 }));
    }
    const names = async (query: { offset?: number; includeDisabled?: boolean }) => {
      const { data } = await sdk.apiKeys.list(query);
      return data.map((key) => key.name);
    };
    const first = await names({});
    expect([first.length, first[0], first[99]]).toEqual([100, 'key 101', 'key 2']);
    expect(await names({ offset: 100 })).toEqual(['key 1', 'key 0']);
    expect((await names({ includeDisabled: true }))[0]).toBe('key 102');
    expect(await names({ offset: 500 })).toEqual([]);
  });

  test('two changes at once both take effect', async () => {
    await Promise.all([
      sdk.apiKeys.update({ hash: USER.hash, requestBody: { name: 'renamed' } }),
      sdk.apiKeys.update({ hash: USER.hash, requestBody: { limit: 3 } }),
    ]);
    expect(world.table.get(USER.hash)).toMatchObject({ name: 'renamed', limitNanoUsd: 3_000_000_000n });
  });

  test('are not changed in memory where the store does not acknowledge', async () => {
    world.storeIsDown = true;
    await expect(sdk.apiKeys.update({ hash: USER.hash, requestBody: { disabled: true } })).rejects.toMatchObject({
      statusCode: 503,
    });
    expect(world.table.get(USER.hash)).toEqual(USER);
    await expect(sdk.apiKeys.delete({ hash: USER.hash })).rejects.toMatchObject({ statusCode: 503 });
    expect(world.table.get(USER.hash)).toBeDefined();
    expect(await ask('POST', 'keys', { name: 'new' })).toMatchObject({ status: 503 });
    expect(world.table.list().length).toBe(2);
  });

  test('of the environment are read-only, naming the variable', async () => {
    world.table.put(keyOf({ hash: USER.hash, source: 'environment' }));
    for (const [method, body] of [
      ['PATCH', { name: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      expect(await ask(method, `keys/${USER.hash}`, body)).toEqual({
        status: 409,
        message: expect.stringContaining('SIGNALBOX_API_KEY'),
      });
    }
  });

  test('the last usable management key cannot be shut out', async () => {
    expect(await ask('DELETE', `keys/${MANAGER.hash}`)).toMatchObject({ status: 409 });
    expect(await ask('PATCH', `keys/${MANAGER.hash}`, { disabled: true })).toMatchObject({ status: 409 });
    world.table.put(keyOf({ hash: 'e'.repeat(64), kind: 'management', expiresAtMs: NOW - 1 }));
    expect(await ask('DELETE', `keys/${MANAGER.hash}`)).toMatchObject({ status: 409 });
    world.table.put(keyOf({ hash: 'f'.repeat(64), kind: 'management' }));
    expect(await ask('DELETE', `keys/${MANAGER.hash}`)).toMatchObject({ status: 200 });
  });

  test('need a management key', async () => {
    world.caller = USER;
    for (const method of ['GET', 'POST'])
      expect(await ask(method, 'keys', method === 'POST' ? {} : undefined)).toMatchObject({ status: 403 });
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? {} : undefined;
      expect(await ask(method, `keys/${USER.hash}`, body)).toMatchObject({ status: 403 });
    }
    expect(world.table.list().length).toBe(2);
  });

  test.each([
    [{}, 'name: '],
    [{ name: '' }, 'name: must not be empty'],
    [{ name: '   ' }, 'name: must not be empty'],
    [{ name: 5 }, 'name: '],
    [{ name: 'x'.repeat(256) }, 'name: must have at most 255'],
    [{ name: 'x', limit: -1 }, 'limit: must not be negative'],
    [{ name: 'x', limit: '5' }, 'limit: '],
    [{ name: 'x', limit: 1e300 }, 'limit: '],
    [{ name: 'x', limit_reset: 'hourly' }, 'limit_reset: '],
    [{ name: 'x', expires_at: '2027-01-01' }, 'expires_at: must be an ISO 8601 time'],
    [{ name: 'x', expires_at: '2027-01-01T10:00Z' }, 'expires_at: must be an ISO 8601 time with seconds'],
    [{ name: 'x', expires_at: '2020-01-01T10:00:00Z' }, 'expires_at: must lie in the future'],
    [{ name: 'x', workspace_id: 'other' }, 'workspace_id: there is no such workspace'],
    [{ name: 'x', external: {} }, 'external.user: '],
    [{ name: 'x', external: { user: 'u', admin: true } }, 'external.admin: is not a known field'],
    // Columns of the record must not be set through the body.
    [{ name: 'x', kind: 'management' }, 'kind: is not a known field'],
    [{ name: 'x', source: 'environment' }, 'source: is not a known field'],
    [{ name: 'x', hash: 'a' }, 'hash: is not a known field'],
    [[], 'body: '],
    [null, 'body: '],
    ['x', 'body: '],
  ])('refuse %j with the field that is wrong', async (body, message) => {
    expect(await ask('POST', 'keys', body)).toEqual({ status: 400, message: expect.stringContaining(message) });
    expect(world.table.list().length).toBe(2);
  });

  test.each([
    ['keys?offset=-1', 'offset: '],
    ['keys?offset=x', 'offset: '],
    ['keys?include_disabled=maybe', 'include_disabled: must be true or false'],
  ])('refuse %s', async (path, message) => {
    expect(await ask('GET', path)).toEqual({ status: 400, message: expect.stringContaining(message) });
  });

  test('a change refuses fields that only exist at creation', async () => {
    const refused = await ask('PATCH', `keys/${USER.hash}`, { expires_at: '2027-01-01T00:00:00Z' });
    expect(refused).toEqual({ status: 400, message: expect.stringContaining('expires_at: is not a known field') });
  });
});

describe('the key about itself', () => {
  test('tells limit, spend and kind', async () => {
    world.caller = keyOf({
      hash: USER.hash,
      limitNanoUsd: 2_000_000_000n,
      limitReset: 'weekly',
      expiresAtMs: NOW + HOUR_MS,
    });
    world.balances.post(USER.hash, 500_000_000n, NOW);
    const { data } = await sdk.apiKeys.getCurrentKeyMetadata();
    expect(data).toMatchObject({
      label: 'sk-or-v1-abc...123',
      limit: 2,
      limitRemaining: 1.5,
      limitReset: 'weekly',
      usage: 0.5,
      usageWeekly: 0.5,
      isFreeTier: false,
      isManagementKey: false,
      isProvisioningKey: false,
      expiresAt: new Date(NOW + HOUR_MS),
    });
    world.caller = MANAGER;
    expect((await sdk.apiKeys.getCurrentKeyMetadata()).data).toMatchObject({
      isManagementKey: true,
      isProvisioningKey: true,
      limit: null,
    });
  });
});

describe('credits', () => {
  test('name the spend of all keys, removed ones too, and that nothing was prepaid', async () => {
    world.balances.post(USER.hash, 300_000_000n, NOW);
    world.balances.post('removed', 1n, NOW - 400 * 24 * HOUR_MS);
    expect((await sdk.credits.getCredits()).data).toEqual({ totalCredits: 0, totalUsage: 0.300000001 });
    world.caller = USER;
    await expect(sdk.credits.getCredits()).rejects.toMatchObject({ statusCode: 403 });
  });
});

describe('generation', () => {
  const read = async (id: string) => (await sdk.generations.getGeneration({ id })).data;

  test('shows the settled record in every field the contract requires', async () => {
    world.settled.set('gen-1', sampleSettlement('gen-1'));
    world.caller = USER;
    expect(await read('gen-1')).toMatchObject({
      id: 'gen-1',
      apiType: 'completions',
      model: 'maker/model',
      providerName: 'Host',
      upstreamId: 'chatcmpl-1',
      createdAt: '2026-11-25T12:00:00.250Z',
      streamed: true,
      cancelled: false,
      finishReason: 'stop',
      nativeFinishReason: 'end_turn',
      latency: 310.5,
      generationTime: 1750.25,
      totalCost: 0.001234567,
      usage: 0.001234567,
      // Only a key of the caller's own has a charge apart from ours.
      upstreamInferenceCost: null,
      cacheDiscount: -4.2e-8,
      tokensPrompt: 120,
      tokensCompletion: 45,
      nativeTokensCached: 100,
      nativeTokensReasoning: 7,
      externalUser: 'user-1',
      sessionId: 'session-1',
      httpReferer: 'https://app.example',
      userAgent: 'client/1.0',
      serviceTier: 'default',
      workspaceId: 'workspace',
      providerResponses: [
        { endpointId: 'away|maker/model', providerName: 'Away', status: 503, latency: 80 },
        { endpointId: 'host|maker/model', providerName: 'Host', status: 200, latency: 230.5, id: 'chatcmpl-1' },
      ],
    });
  });

  test('of a failed exchange that reached nobody is null where nothing is known', async () => {
    const nothing = {
      endpointId: null,
      providerId: null,
      providerName: null,
      upstreamId: null,
      finishReason: null,
      latencyMs: null,
    };
    const usage = { counts: { promptTokens: 1.5, completionTokens: Number.NaN }, estimated: true };
    const about = {
      ...nothing,
      usage,
      outcome: 'cancelled',
      nativeFinishReason: null,
      httpReferer: null,
      attempts: [],
    } as const;
    world.settled.set('gen-1', sampleSettlement('gen-1', { ...about, cacheDiscountNanoUsd: 0n }));
    const expected = {
      providerName: null,
      tokensPrompt: 1,
      tokensCompletion: null,
      cancelled: true,
      cacheDiscount: null,
      origin: '',
    };
    expect(await read('gen-1')).toMatchObject({ ...expected, latency: null, providerResponses: [] });
  });

  test('answers before the record is durable', async () => {
    world.unacknowledged.set('gen-1', sampleSettlement('gen-1'));
    expect((await read('gen-1')).totalCost).toBe(0.001234567);
  });

  test('of a running exchange is 404 and says so, to its own key only', async () => {
    world.running.set('gen-1', USER.hash);
    const running = { status: 404, message: expect.stringContaining('still running') };
    expect(await ask('GET', 'generation?id=gen-1')).toEqual(running);
    world.caller = USER;
    expect(await ask('GET', 'generation?id=gen-1')).toEqual(running);
    world.caller = keyOf({ hash: 'b'.repeat(64) });
    expect(await ask('GET', 'generation?id=gen-1')).toEqual({
      status: 404,
      message: 'There is no generation gen-1 of this key.',
    });
  });

  test('of another key answers exactly as one that never was', async () => {
    world.settled.set('gen-1', sampleSettlement('gen-1'));
    world.caller = keyOf({ hash: 'b'.repeat(64) });
    expect(await ask('GET', 'generation?id=gen-1')).toEqual({
      status: 404,
      message: 'There is no generation gen-1 of this key.',
    });
    expect(await ask('GET', 'generation?id=gen-2')).toEqual({
      status: 404,
      message: 'There is no generation gen-2 of this key.',
    });
    world.unacknowledged.set('gen-3', sampleSettlement('gen-3'));
    expect(await ask('GET', 'generation?id=gen-3')).toMatchObject({ status: 404 });
  });

  test('needs an id', async () => {
    expect(await ask('GET', 'generation')).toEqual({
      status: 400,
      message: expect.stringContaining('id: is required'),
    });
  });
});
