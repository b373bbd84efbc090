/** Requests and streams for the dialects' tests. */
import type { ChatRequest, ChatResponse } from '../../../core/chat.ts';
import type { ChatEvent, EndReason } from '../../../core/chat-events.ts';
import { openFold } from '../../../core/fold.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Outcome, StreamDecoder, UpstreamContext, UpstreamFace } from '../../dialect.ts';

/** A user who says hi, with changes. */
export function requestWith(members: Partial<ChatRequest> = {}): ChatRequest {
  return {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    tools: [],
    sampling: {},
    stream: false,
    options: {},
    extras: {},
    ...members,
  };
}

/** The body a request becomes, and its notes as `code field`. */
export function encodeWith(
  upstream: Pick<UpstreamFace, 'encodeRequest'>,
  members: Partial<ChatRequest>,
  context: UpstreamContext,
): { readonly body: JsonObject; readonly notes: readonly string[] } {
  const { value, notes } = upstream.encodeRequest(requestWith(members), context);
  return { body: value.body, notes: notes.map(({ code, field }) => `${code} ${field}`) };
}

export interface Played {
  readonly events: readonly ChatEvent[];
  readonly response: ChatResponse;
  readonly outcome: Outcome;
}

/** What a decoder makes of these frames. */
export function playFrames(
  decoder: StreamDecoder,
  frames: readonly (JsonObject | string)[],
  reason: EndReason = 'upstream-end',
): Played {
  const events = frames.flatMap((frame) =>
    decoder.push({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) }),
  );
  const end = decoder.end(reason);
  const all = [...events, ...end.events];
  const fold = openFold();
  for (const event of all) fold.push(event);
  return { events: all, response: fold.response(), outcome: end.outcome };
}
