/** The reading and administering routes: who may call them, and which function answers. */
import type { Caller } from '../core/caller.ts';
import type { Clock } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import type { Balances } from '../ledger/balances.ts';
import type { LedgerStore } from '../ledger/store.ts';
import type { Deadlines } from '../pipeline/deadlines.ts';
import type { RunningExchanges } from '../pipeline/exchange.ts';
import type { PresetGrammar } from '../presets/capture.ts';
import { assertKeyKind, authenticate } from './authenticate.ts';
import { healthRoutes } from './health.ts';
import { jsonResponse } from './json-response.ts';
import { getCredits } from './management/credits.ts';
import { type GenerationDeps, getGeneration } from './management/generation.ts';
import { getGenerationRecord } from './management/generation-record.ts';
import { getCurrentKey } from './management/key.ts';
import type { KeyAdmin } from './management/key-admin.ts';
import { createKeyRoutes } from './management/keys.ts';
import type { ManagementResult } from './management/management-result.ts';
import type { PresetAdmin } from './management/preset-admin.ts';
import { createPresetRoutes } from './management/presets.ts';
import type { ManagementQueries } from './management/queries.ts';
import { explainRoute, type RouteExplainPorts } from './management/route-explain.ts';
import { getSession, listSessions } from './management/sessions.ts';
import { askedByHeader } from './public/asked-headers.ts';
import { type CataloguePorts, mountCatalogue } from './public/mount-catalogue.ts';
import { readJsonBody } from './read-body.ts';
import type { Route } from './route.ts';

export interface ApiPorts extends CataloguePorts {
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly balances: Balances;
  readonly keyAdmin: KeyAdmin;
  readonly presetAdmin: PresetAdmin;
  readonly explain: RouteExplainPorts;
  readonly ledger: LedgerStore;
  readonly queries: ManagementQueries;
  readonly running: RunningExchanges & { readonly size: () => number };
  readonly storeHealth: () => { readonly unacknowledged: number; readonly lastFailure: string | null };
}

export function apiRoutes(ports: ApiPorts): readonly Route[] {
  return [
    ...keyRoutes(ports),
    ...presetRoutes(ports),
    ...accountRoutes(ports),
    explainingRoute(ports),
    ...mountCatalogue(ports),
    ...healthRoutes(ports),
  ];
}

function keyRoutes(ports: ApiPorts): readonly Route[] {
  const keys = createKeyRoutes(ports);
  const callerOf = (request: Request) => authenticate(request.headers, ports.auth).key;
  return [
    route('GET', '/keys', (request) => keys.list(callerOf(request), queryOf(request))),
    route('POST', '/keys', async (request) => {
      const caller = callerOf(request);
      return keys.create(caller, await bodyOf(request, ports));
    }),
    route('GET', '/keys/:hash', (request, { hash = '' }) => keys.get(callerOf(request), hash)),
    route('PATCH', '/keys/:hash', async (request, { hash = '' }) => {
      const caller = callerOf(request);
      return keys.update(caller, hash, await bodyOf(request, ports));
    }),
    route('DELETE', '/keys/:hash', (request, { hash = '' }) => keys.remove(callerOf(request), hash)),
  ];
}

function presetRoutes(ports: ApiPorts): readonly Route[] {
  const presets = createPresetRoutes(ports.presetAdmin);
  const callerOf = (request: Request) => authenticate(request.headers, ports.auth).key;
  const capture = (grammar: PresetGrammar, path: string) =>
    route('POST', `/presets/:slug/${path}`, async (request, { slug = '' }) => {
      const caller = callerOf(request);
      // The very body of an inference request, so as large as one may be.
      return presets.capture(caller, slug, grammar, await bodyOf(request, ports, ports.snapshot().maxBodyBytes));
    });
  return [
    route('GET', '/presets', (request) => presets.list(callerOf(request), queryOf(request))),
    route('GET', '/presets/:slug', (request, { slug = '' }) => presets.get(callerOf(request), slug)),
    route('PATCH', '/presets/:slug', async (request, { slug = '' }) => {
      const caller = callerOf(request);
      return presets.update(caller, slug, await bodyOf(request, ports));
    }),
    capture('chat', 'chat/completions'),
    capture('messages', 'messages'),
    capture('responses', 'responses'),
    route('GET', '/presets/:slug/versions', (request, { slug = '' }) =>
      presets.versions(callerOf(request), slug, queryOf(request)),
    ),
    route('GET', '/presets/:slug/versions/:version', (request, { slug = '', version = '' }) =>
      presets.version(callerOf(request), slug, version),
    ),
  ];
}

function accountRoutes(ports: ApiPorts): readonly Route[] {
  const { balances, ledger, queries, running } = ports;
  const callerOf = (request: Request): Caller => authenticate(request.headers, ports.auth);
  const generations: GenerationDeps = { ledger, queries, runningKeyHash: (id) => running.keyHashOf(id) };
  return [
    route('GET', '/key', (request) => getCurrentKey(callerOf(request).key, balances)),
    route('GET', '/credits', (request) => getCredits(callerOf(request).key, balances)),
    route('GET', '/generation', (request) => getGeneration(generations, callerOf(request).key, queryOf(request))),
    route('GET', '/signalbox/generations/:id', (request, { id = '' }) =>
      getGenerationRecord(generations, callerOf(request).key, id),
    ),
    route('GET', '/signalbox/sessions', (request) => listSessions(queries, callerOf(request).key, queryOf(request))),
    route('GET', '/signalbox/sessions/:id', (request, { id = '' }) =>
      getSession(queries, callerOf(request).key, id, queryOf(request)),
    ),
  ];
}

function explainingRoute(ports: ApiPorts): Route {
  return route('POST', '/signalbox/route', async (request) => {
    const caller = authenticate(request.headers, ports.auth);
    assertKeyKind(caller, 'inference');
    const { headers } = request;
    const body = await bodyOf(request, ports, ports.snapshot().maxBodyBytes);
    const asking = { caller, asked: askedByHeader(headers), sessionId: headers.get('x-session-id') };
    return { status: 200, body: { data: explainRoute(body, asking, ports.explain) } };
  });
}

type Answer = ManagementResult | Promise<ManagementResult>;

function route(
  method: Route['method'],
  path: string,
  answer: (request: Request, parameters: Readonly<Record<string, string>>) => Answer,
): Route {
  return {
    method,
    path,
    async handle(request, parameters) {
      const { status, body } = await answer(request, parameters);
      return jsonResponse(status, body);
    },
  };
}

function queryOf(request: Request): Record<string, string> {
  return Object.fromEntries(new URL(request.url).searchParams);
}

async function bodyOf(request: Request, ports: ApiPorts, maxBodyBytes = 1024 * 1024): Promise<Json> {
  const limits = { maxBodyBytes, deadlines: ports.deadlines, nowMs: () => ports.clock.now() };
  return (await readJsonBody(request, limits)).value;
}
