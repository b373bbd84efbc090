/** What every inference route shares: who calls, the body, the exchange's common part, and the answer over HTTP. */

import type { Demand } from '../../core/demand.ts';
import { toGatewayError } from '../../core/errors.ts';
import { generationId } from '../../core/ids.ts';
import type { Json } from '../../core/json.ts';
import type { ExchangeBase, PipelinePorts, Reply } from '../../pipeline/exchange.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import { type AuthPorts, assertKeyKind, authenticate } from '../authenticate.ts';
import { askedByHeader } from './asked-headers.ts';
import { CORS_HEADERS, type ErrorEncoder, errorResponse } from '../error-response.ts';
import { readJsonBody } from '../read-body.ts';

export interface InferencePorts {
  readonly pipeline: PipelinePorts;
  readonly auth: AuthPorts;
  /** The snapshot in force now: pinned by the exchange at admission. */
  readonly snapshot: () => Snapshot;
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
  /** @throws GatewayError `client.invalid_request` with the field's path */
  parse(body: Json): Wire;
  demandOf(wire: Wire): Demand;
  run(base: ExchangeBase, wire: Wire): Promise<Reply>;
  readonly encodeError: ErrorEncoder;
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
    const wire = route.parse(value);
    const demand = withSession(route.demandOf(wire), request.headers);
    const asked = askedByHeader(request.headers);
    const base = { id, receivedAtMs, caller, demand, asked, notes, snapshot, signal: request.signal };
    return toResponse(await route.run(base, wire), id, route.encodeError);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.code === 'gateway.internal') log.error('an inference request failed inside', thrown);
    return errorResponse(error, route.encodeError, { 'x-generation-id': id });
  }
}

/** The body's session id wins over the header's (OpenRouter's API). */
function withSession(demand: Demand, headers: Headers): Demand {
  const sessionId = demand.sessionId ?? headers.get('x-session-id');
  return sessionId === demand.sessionId ? demand : { ...demand, sessionId };
}

function toResponse(reply: Reply, id: string, encodeError: ErrorEncoder): Response {
  switch (reply.kind) {
    case 'whole':
      return new Response(reply.body, { headers: withIds(JSON_HEADERS, id, reply.notes) });
    case 'stream':
      // The runtime takes an async generator as a body; its types do not say so yet.
      return new Response(toBody(reply.body), { headers: withIds(STREAM_HEADERS, id, reply.notes) });
    case 'error':
      return errorResponse(reply.error, (error) => encodeError(error, reply.extra), {
        'x-generation-id': id,
      });
  }
}

function withIds(headers: Readonly<Record<string, string>>, id: string, notes: number): Record<string, string> {
  const all: Record<string, string> = { ...headers, 'x-generation-id': id };
  if (notes > 0) all['x-signalbox-notes'] = String(notes);
  return all;
}

function toBody(frames: AsyncGenerator<string>): AsyncIterable<string> {
  return frames;
}
