/** What this folder's specs share: a host, a plain request, a stream of all kinds of items, and streams played at any split. */
import type { ChatRequest, ChatResponse } from '../../core/chat.ts';
import type { ChatEvent, EndReason } from '../../core/chat-events.ts';
import { openFold } from '../../core/fold.ts';
import type { JsonObject } from '../../core/json.ts';
import { openSseReader } from '../../wire/sse.ts';
import type { Outcome, UpstreamContext } from '../dialect.ts';
import type { HostQuirks, ModelTraits } from '../host.ts';
import { openAiResponses } from './index.ts';

export interface HostChanges {
  readonly providerId?: string;
  readonly quirks?: HostQuirks;
  readonly traits?: ModelTraits;
}

export function contextOf({ providerId = 'openai', quirks = {}, traits = {} }: HostChanges = {}): UpstreamContext {
  return {
    upstreamModel: 'model-1',
    traits,
    host: {
      providerId,
      providerName: 'Host',
      usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
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
  changes: HostChanges = {},
): { body: JsonObject; notes: string[] } {
  const { value, notes } = openAiResponses.upstream.encodeRequest(requestOf(members), contextOf(changes));
  return { body: value.body, notes: notes.map(({ code, field }) => `${code} ${field}`) };
}

// ---- a response of all kinds of items ----

const summaryOf = (text: string): JsonObject => ({ type: 'summary_text', text });
const citation = { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 };

export const items: readonly JsonObject[] = [
  {
    id: 'rs_1',
    type: 'reasoning',
    summary: [summaryOf('First.'), summaryOf('Second.')],
    content: [],
    encrypted_content: 'ENC',
  },
  { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'q' } },
  {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'Grüße 🎉', annotations: [], logprobs: [] }],
  },
  {
    id: 'msg_2',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: ' and more', annotations: [citation], logprobs: [] }],
  },
  { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{"a":1}', status: 'completed' },
  { id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_2', name: 'patch', input: '*** Begin', status: 'completed' },
  { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'iVBO', output_format: 'webp' },
  { id: 'x_1', type: 'something_new', status: 'completed', secret: 1 },
];

export const usage: JsonObject = {
  input_tokens: 30,
  input_tokens_details: { cached_tokens: 10, cache_write_tokens: 5 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 12 },
  total_tokens: 50,
};

export function responseOf(more: JsonObject = {}): JsonObject {
  return {
    id: 'resp_up',
    object: 'response',
    created_at: 1_700_000_000.5,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'model-1-2026',
    output: items,
    service_tier: 'default',
    usage,
    ...more,
  };
}

/** The events that tell an item: its parts in pieces of three characters. */
function eventsOf(item: JsonObject, output_index: number): readonly JsonObject[] {
  const place = { output_index, item_id: item['id'] };
  const pieces = (type: string, text: unknown, more: JsonObject = {}): JsonObject[] =>
    [...(String(text).match(/.{1,3}/gsu) ?? [])].map((delta) => ({
      type: `response.${type}.delta`,
      ...place,
      ...more,
      delta,
    }));
  const parts = (member: string): readonly JsonObject[] => (Array.isArray(item[member]) ? item[member] : []);
  const inside = [
    ...parts('summary').flatMap(({ text }, i) => pieces('reasoning_summary_text', text, { summary_index: i })),
    ...parts('content').flatMap(({ text, annotations }, i) => [
      ...pieces('output_text', text, { content_index: i, logprobs: [] }),
      ...(Array.isArray(annotations) ? annotations : []).map((annotation, at) => ({
        type: 'response.output_text.annotation.added',
        ...place,
        content_index: i,
        annotation_index: at,
        annotation,
      })),
    ]),
    ...(item['arguments'] ? pieces('function_call_arguments', item['arguments']) : []),
    ...(item['input'] ? pieces('custom_tool_call_input', item['input']) : []),
  ];
  const opened: JsonObject = { ...item, summary: [], content: [], arguments: '', input: '', result: null };
  return [
    {
      type: 'response.output_item.added',
      output_index,
      item: item['encrypted_content'] ? { ...opened, encrypted_content: 'EARLY' } : opened,
    },
    ...inside,
    { type: 'response.output_item.done', output_index, item },
  ];
}

/** The same response as a host streams it. */
export function streamEvents(response = responseOf(), output: readonly JsonObject[] = items): readonly JsonObject[] {
  const begun = { ...response, status: 'in_progress', output: [], usage: null, service_tier: 'auto' };
  return [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...output.flatMap(eventsOf),
    { type: `response.${response['status']}`, response },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

export function streamOf(events: readonly JsonObject[] = streamEvents()): string {
  return events.map((event) => `event: ${event['type']}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

export interface Played {
  readonly events: readonly ChatEvent[];
  readonly response: ChatResponse;
  readonly outcome: Outcome;
}

/** Plays the text of a stream, cut into reads at the given characters. */
export function play(
  text: string,
  splits: readonly number[] = [],
  reason: EndReason = 'upstream-end',
  context = contextOf(),
): Played {
  const sse = openSseReader();
  const decoder = openAiResponses.upstream.openDecoder(context);
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
