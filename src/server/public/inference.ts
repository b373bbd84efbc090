/** What every inference route shares: who calls, the body, the exchange's common part, and the answer over HTTP. */

import type { Caller } from '../../core/caller.ts';
import type { Demand } from '../../core/demand.ts';
import { invalidRequest, toGatewayError } from '../../core/errors.ts';
import { generationId } from '../../core/ids.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { ErrorEncoder, ExchangeKind } from '../../dialects/dialect.ts';
import type { ExchangeBase, PipelinePorts, Reply } from '../../pipeline/exchange.ts';
import { effectivePreferences } from '../../pipeline/route.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import { type Applied, expandPreset, type PlaceSystemPrompt } from '../../presets/apply-preset.ts';
import type { PresetTable } from '../../presets/preset-table.ts';
import { type AuthPorts, assertKeyKind, authenticate } from '../authenticate.ts';
import { CORS_HEADERS, errorResponse } from '../error-response.ts';
import { readJsonBody } from '../read-body.ts';
import { askedByHeader } from './asked-headers.ts';
import { cacheWish } from './cache-wish.ts';
import { answerThroughCache, type CacheableRoute, type ResponseCachePorts } from './response-cache.ts';

export interface InferencePorts {
  readonly pipeline: PipelinePorts;
  readonly auth: AuthPorts;
  readonly presets: Pick<PresetTable, 'find'>;
  /** The snapshot in force now: pinned by the exchange at admission. */
  readonly snapshot: () => Snapshot;
  /** Null where the operator turned it off. */
  readonly responseCache: ResponseCachePorts | null;
}

const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Asks proxies in between not to hold frames back.
  'x-accel-buffering': 'no',
  ...CORS_HEADERS,
};
const JSON_HEADERS: Readonly<Record<string, string>> = { 'content-type': 'application/json', ...CORS_HEADERS };

/** How a route reads its body and runs what it asks for. */
export interface InferenceRoute<Wire> {
  readonly kind: ExchangeKind;
  /** Whether a request of this kind may name a preset: presets are made of conversations. */
  readonly takesPresets: boolean;
  /** How the grammar says a preset's system prompt; default: chat's way. */
  readonly placeSystemPrompt?: PlaceSystemPrompt;
  /** @throws GatewayError `client.invalid_request` with the field's path */
  parse(body: Json): Wire;
  demandOf(wire: Wire): Demand;
  run(base: ExchangeBase, wire: Wire, pipeline: PipelinePorts): Promise<Reply>;
  readonly cached: CacheableRoute;
  readonly encodeError: ErrorEncoder;
  /** Headers of the route's grammar on every answer, beside ours. */
  headers?(id: string): Readonly<Record<string, string>>;
}

/** Never throws: every trouble is an answer in the route's own dialect. */
export async function answerInference<Wire>(
  request: Request,
  ports: InferencePorts,
  route: InferenceRoute<Wire>,
): Promise<Response> {
  const { clock, random, deadlines, log } = ports.pipeline;
  const id = generationId(clock, random);
  try {
    const caller = authenticate(request.headers, ports.auth);
    assertKeyKind(caller, 'inference');
    const snapshot = ports.snapshot();
    const receivedAtMs = clock.now();
    const { maxBodyBytes } = snapshot;
    const { value, notes } = await readJsonBody(request, { maxBodyBytes, deadlines, nowMs: () => clock.now() });
    const applied = route.takesPresets ? applyPreset(value, caller, ports.presets, route.placeSystemPrompt) : null;
    const body = applied?.body ?? value;
    const wire = route.parse(body);
    const demand = withSession(route.demandOf(wire), request.headers);
    const asked = askedByHeader(request.headers);
    const presetId = applied?.presetId ?? null;
    const base = { id, receivedAtMs, caller, demand, asked, presetId, notes, snapshot, signal: request.signal };
    const wish = ports.responseCache && cacheWish(request.headers, applied?.cache ?? null);
    // Whoever wants no prompt to be kept anywhere wants no answer to be kept here.
    if (!ports.responseCache || !wish || effectivePreferences({ ...base, kind: route.kind }).zdr) {
      return toResponse(await route.run(base, wire, ports.pipeline), id, route);
    }
    const { reply, headers } = await answerThroughCache(
      {
        ...route.cached,
        exchange: { ...base, kind: route.kind },
        wish,
        body,
        pipeline: ports.pipeline,
        run: (pipeline) => route.run(base, wire, pipeline),
      },
      ports.responseCache,
    );
    return toResponse(reply, id, route, headers);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.code === 'gateway.internal') log.error('an inference request failed inside', thrown);
    return errorResponse(error, (each) => route.encodeError(each, undefined, id), {
      ...route.headers?.(id),
      'x-generation-id': id,
    });
  }
}

function applyPreset(
  value: Json,
  { key }: Caller,
  presets: InferencePorts['presets'],
  place: PlaceSystemPrompt | undefined,
): Applied | null {
  return isJsonObject(value) ? expandPreset(value, (slug) => presets.find(key.workspaceId, slug), place) : null;
}

const MAX_SESSION_ID = 256;

/** The body's session id wins over the header's (OpenRouter's API). */
function withSession(demand: Demand, headers: Headers): Demand {
  if (demand.sessionId !== null) return demand;
  const sessionId = headers.get('x-session-id');
  if (sessionId === null) return demand;
  if (sessionId.length > MAX_SESSION_ID) throw invalidRequest('x-session-id', 'at most 256 characters are accepted');
  return { ...demand, sessionId };
}

function toResponse(
  reply: Reply,
  id: string,
  route: Pick<InferenceRoute<unknown>, 'encodeError' | 'headers'>,
  cacheHeaders?: Readonly<Record<string, string>>,
): Response {
  const own = route.headers?.(id);
  const more = own && cacheHeaders ? { ...own, ...cacheHeaders } : (own ?? cacheHeaders);
  switch (reply.kind) {
    case 'whole':
      return new Response(reply.body, { headers: withIds(JSON_HEADERS, id, reply.notes, more) });
    case 'stream':
      // The runtime takes an async generator as a body; its types do not say so yet.
      return new Response(toBody(reply.body), { headers: withIds(STREAM_HEADERS, id, reply.notes, more) });
    case 'error':
      return errorResponse(reply.error, (error) => route.encodeError(error, reply.routerMetadata, id), {
        ...own,
        'x-generation-id': id,
      });
  }
}

function withIds(
  headers: Readonly<Record<string, string>>,
  id: string,
  notes: number,
  more: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const all: Record<string, string> = { ...headers, 'x-generation-id': id };
  if (notes > 0) all['x-signalbox-notes'] = String(notes);
  return more ? Object.assign(all, more) : all;
}

function toBody(frames: AsyncGenerator<string>): AsyncIterable<string> {
  return frames;
}
