import { expect, test } from 'bun:test';
import { settingsOf } from '../../../test/kit/load-config.ts';
import { loadSources } from '../../compose.ts';
import { GatewayError } from '../../core/errors.ts';
import { createHealth } from '../../health/create-health.ts';
import { buildSnapshot } from '../../pipeline/snapshot.ts';
import { type CataloguePorts, mountCatalogue } from './mount-catalogue.ts';

const clock = { now: () => Date.parse('2026-11-21T12:00:00Z') };
const wholeCatalogue = loadSources();
const snapshot = buildSnapshot(settingsOf('providers: { groq: { api_key: secret } }'), wholeCatalogue);
const ports: CataloguePorts = {
  auth: { keyByHash: () => undefined, digest: (text) => text, nowMs: () => clock.now() },
  snapshot: () => ({ ...snapshot, publicCatalogue: true }),
  clock,
  wholeCatalogue,
};

async function endpointsOf(author: string, slug: string, statsOf?: CataloguePorts['statsOf']): Promise<unknown> {
  const routes = mountCatalogue({ ...ports, ...(statsOf && { statsOf }) });
  const route = routes.find(({ path }) => path === '/models/:author/:slug/endpoints');
  const response = await route?.handle(new Request('http://gateway/'), { author, slug });
  return response?.json();
}

test('endpoint rows show what was measured, and those without traffic that they serve', async () => {
  const health = createHealth({ clock });
  const attempt = { endpointId: 'groq|openai/gpt-oss-120b', credentialId: 'groq' };
  health.opened(attempt, 200);
  health.finished(attempt, { outputTokens: 500, generationMs: 1000, tools: null });
  health.failed(attempt, new GatewayError('provider.overloaded', 'Busy.', { retryAfterMs: 5000 }));
  const measured = {
    status: -3,
    uptime_last_5m: 50,
    uptime_last_1d: 50,
    latency_last_30m: { p50: expect.closeTo(0.2, 2), p99: expect.closeTo(0.2, 2) },
    throughput_last_30m: { p90: expect.closeTo(500, -2) },
  };
  expect(await endpointsOf('openai', 'gpt-oss-120b', health.statsOf)).toMatchObject({
    data: { endpoints: [measured] },
  });
  const unmeasured = { status: 0, uptime_last_5m: null, latency_last_30m: null, throughput_last_30m: null };
  for (const statsOf of [undefined, health.statsOf]) {
    expect(await endpointsOf('openai', 'gpt-oss-20b', statsOf)).toMatchObject({ data: { endpoints: [unmeasured] } });
  }
});
