/** Liveness, readiness and metrics for whoever runs the process. */
import { ROOT, type Route } from './route.ts';
import type { ApiPorts } from './routes.ts';

type HealthPorts = Pick<ApiPorts, 'snapshot' | 'running' | 'storeHealth' | 'balances'>;

export function healthRoutes(ports: HealthPorts): readonly Route[] {
  return [
    { method: 'GET', path: `${ROOT}/health/live`, handle: () => Response.json({ status: 'live' }) },
    { method: 'GET', path: `${ROOT}/health/ready`, handle: () => ready(ports) },
    { method: 'GET', path: `${ROOT}/metrics`, handle: () => metrics(ports) },
  ];
}

/** Not ready while the ledger refuses records: an answer that cannot be settled would be cut at its end. */
function ready({ snapshot, storeHealth }: HealthPorts): Response {
  const { lastFailure, unacknowledged } = storeHealth();
  const body = {
    status: lastFailure === null ? 'ready' : 'not ready',
    models: snapshot().models.size,
    unacknowledged_settlements: unacknowledged,
    ...(lastFailure !== null && { reason: lastFailure }),
  };
  return Response.json(body, { status: lastFailure === null ? 200 : 503 });
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
function metrics({ running, storeHealth, snapshot, balances }: HealthPorts): Response {
  const rows: readonly (readonly [string, string, string, number | string])[] = [
    ['signalbox_exchanges_running', 'gauge', 'Exchanges under way.', running.size()],
    ['signalbox_settlements_unacknowledged', 'gauge', 'Settlements not yet durable.', storeHealth().unacknowledged],
    ['signalbox_models', 'gauge', 'Models that the configured providers serve.', snapshot().models.size],
    [
      'signalbox_spend_nanousd_total',
      'counter',
      'Settled cost of all keys, in nanodollars.',
      String(balances.totalNanoUsd()),
    ],
    ['process_resident_memory_bytes', 'gauge', 'Resident memory.', process.memoryUsage.rss()],
  ];
  const text = rows
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('');
  return new Response(text, { headers: { 'content-type': 'text/plain; version=0.0.4' } });
}
