/** What this folder's specs share: a host, a plain request, and a stream played at any split. */
import type { ChatRequest, ChatResponse } from '../../core/chat.ts';
import type { ChatEvent, EndReason } from '../../core/chat-events.ts';
import { openFold } from '../../core/fold.ts';
import type { JsonObject } from '../../core/json.ts';
import { openSseReader } from '../../wire/sse.ts';
import type { Outcome, UpstreamContext } from '../dialect.ts';
import type { HostQuirks, ModelTraits } from '../host.ts';
import { gemini } from './index.ts';

export function contextOf(
  model = 'gemini-2.5-flash',
  traits: ModelTraits = {},
  quirks: HostQuirks = {},
): UpstreamContext {
  return {
    upstreamModel: model,
    traits,
    host: {
      providerId: 'google-ai-studio',
      providerName: 'Google AI Studio',
      usage: { cachedInput: 'inside-input', reasoning: 'beside-output', reportsCost: false },
      quirks,
    },
  };
}

export function requestOf(members: Partial<ChatRequest> = {}): ChatRequest {
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

export function encode(
  members: Partial<ChatRequest>,
  context = contextOf(),
): { body: JsonObject; headers: Readonly<Record<string, string>>; notes: string[]; path: string } {
  const { value, notes } = gemini.upstream.encodeRequest(requestOf(members), context);
  const { body, headers, path } = value;
  return { body, headers, path, notes: notes.map(({ code, field }) => `${code} ${field}`) };
}

export interface Played {
  readonly events: readonly ChatEvent[];
  readonly response: ChatResponse;
  readonly outcome: Outcome;
}

/** Plays the text of a stream, cut into reads at the given characters. */
export function play(text: string, splits: readonly number[] = [], reason: EndReason = 'upstream-end'): Played {
  const sse = openSseReader();
  const decoder = gemini.upstream.openDecoder(contextOf());
  const events: ChatEvent[] = [];
  const sink = (data: string, event: string | undefined): void => {
    events.push(...decoder.push({ data, event }));
  };
  let from = 0;
  for (const to of [...splits, text.length]) {
    sse.push(text.slice(from, to), sink);
    from = to;
  }
  sse.end(sink);
  const end = decoder.end(reason);
  events.push(...end.events);
  const fold = openFold();
  for (const event of events) fold.push(event);
  return { events, response: fold.response(), outcome: end.outcome };
}

export function streamOf(objects: readonly JsonObject[]): string {
  return objects.map((object) => `data: ${JSON.stringify(object)}\r\n\r\n`).join('');
}
