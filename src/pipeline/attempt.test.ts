import { describe, expect, test } from 'bun:test';
import { DEFAULT_TIMEOUTS } from '../config/settings.ts';
import { openAiChat } from '../dialects/openai-chat/index.ts';
import { contextWith, testHead } from '../dialects/shared/testing/context.ts';
import type { Egress } from '../egress/egress.ts';
import { simEndpoints, simModels } from '../providers/sim/models.ts';
import { startAttempt } from './attempt.ts';
import { createDeadlines } from './deadlines.ts';
import { openLane } from './lane.ts';
import type { LiveEndpoint } from './target.ts';

/** A target whose host never answers; whether it takes connections is the case's. */
function silentAttempt(takesConnections: boolean) {
  const clock = { now: () => Date.now() };
  const egress: Egress = {
    send: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
    takesConnections: async () => takesConnections,
  };
  const [model] = simModels;
  const [endpoint] = simEndpoints;
  if (!model || !endpoint) throw new Error('no simulated model');
  const context = contextWith();
  const target: LiveEndpoint = {
    model,
    endpoint,
    context,
    provider: {
      id: 'lab',
      name: 'Lab',
      baseUrl: 'http://lab.invalid/v1',
      dialect: openAiChat,
      doors: new Map(),
      chats: true,
      whole: {},
      credentials: [{ id: 'lab', headers: {} }],
      host: context.host,
      timeouts: { ...DEFAULT_TIMEOUTS, connectMs: 50, firstByteMs: 400 },
      onDisconnect: { stream: 'cancel', whole: 'drain' },
      takesAnyModel: false,
      takesModelQuery: false,
      weight: 1,
      training: true,
      retentionDays: null,
      enforcesPolicy: false,
      writesCache: false,
      cacheLifeMs: 300_000,
    },
    pricingByTier: new Map(),
  };
  const wire = openAiChat.client.parseRequest({
    model: 'a/b',
    stream: true,
    messages: [{ role: 'user', content: 'x' }],
  });
  const lane = openLane({ dialect: openAiChat, wire, head: testHead }, target);
  const prepared = { target, hasOthers: false, lane, request: lane.encodeRequest().value, notes: [] };
  const [credential] = target.provider.credentials;
  return startAttempt(
    prepared,
    credential,
    { stream: true, via: [] },
    {
      egress,
      clock,
      deadlines: createDeadlines(clock),
    },
  );
}

describe('an upstream from which nothing comes', () => {
  test('is given up after connect_ms where it takes no connection', async () => {
    const attempt = silentAttempt(false);
    const result = await attempt.result;
    expect(result).toMatchObject({ kind: 'failed', error: { code: 'provider.timeout' } });
    expect(result.kind === 'failed' && result.error.message).toBe('Lab did not take a connection within 50 ms.');
  });

  test('may think for as long as first_byte_ms where it does', async () => {
    const startedAtMs = Date.now();
    const result = await silentAttempt(true).result;
    expect(result).toMatchObject({ kind: 'failed', error: { code: 'provider.timeout' } });
    expect(Date.now() - startedAtMs).toBeGreaterThan(350);
  });
});
