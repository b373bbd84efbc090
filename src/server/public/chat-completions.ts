/** POST /chat/completions: HTTP on one side, an exchange on the other. */

import { toGatewayError } from '../../core/errors.ts';
import { generationId } from '../../core/ids.ts';
import { openAiChat } from '../../dialects/openai-chat/index.ts';
import type { PipelinePorts, Reply } from '../../pipeline/exchange.ts';
import { runChat } from '../../pipeline/run-chat.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import { type AuthPorts, assertKeyKind, authenticate } from '../authenticate.ts';
import { CORS_HEADERS, errorResponse } from '../error-response.ts';
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

/** Never throws: every trouble is an answer in the chat dialect. */
export async function postChatCompletions(request: Request, ports: InferencePorts): Promise<Response> {
  const { client } = openAiChat;
  const { clock, random, deadlines } = ports.pipeline;
  const id = generationId(clock, random);
  const idHeader = { 'x-generation-id': id };
  try {
    const caller = authenticate(request.headers, ports.auth);
    assertKeyKind(caller, 'inference');
    const snapshot = ports.snapshot();
    const receivedAtMs = clock.now();
    const { value, notes } = await readJsonBody(request, {
      maxBodyBytes: snapshot.maxBodyBytes,
      deadlines,
      nowMs: () => clock.now(),
    });
    const wire = client.parseRequest(value);
    const reply = await runChat(
      {
        kind: 'chat',
        id,
        receivedAtMs,
        caller,
        demand: client.demandOf(wire),
        notes,
        snapshot,
        signal: request.signal,
        dialect: openAiChat,
        wire,
      },
      ports.pipeline,
    );
    return toResponse(reply, id);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.code === 'gateway.internal') ports.pipeline.log.error('a chat request failed inside', thrown);
    return errorResponse(error, client.encodeError, idHeader);
  }
}

function toResponse(reply: Reply, id: string): Response {
  switch (reply.kind) {
    case 'whole':
      return new Response(reply.body, { headers: withIds(JSON_HEADERS, id, reply.notes) });
    case 'stream':
      // The runtime takes an async generator as a body; its types do not say so yet.
      return new Response(toBody(reply.body), { headers: withIds(STREAM_HEADERS, id, reply.notes) });
    case 'error':
      return errorResponse(reply.error, (error) => openAiChat.client.encodeError(error, reply.extra), {
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
