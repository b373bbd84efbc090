/** https://platform.openai.com/docs/api-reference/responses */
import { dataUrl, eventsOf, type Face, failedReading, type Loose, parsed, type Reading, type Turn } from '../face.ts';

export const openAiResponsesFace: Face = {
  name: 'openai-responses',
  cannot: {},
  path: () => '/v1/responses',
  headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  body: (ask) => ({
    model: ask.model,
    stream: ask.stream,
    store: false,
    include: ['reasoning.encrypted_content'],
    ...(ask.system && { instructions: ask.system }),
    input: ask.turns.flatMap(itemsOf),
    ...(ask.tools && {
      tools: ask.tools.map(({ name, description, schema }) => ({
        type: 'function',
        name,
        description,
        parameters: schema,
        strict: false,
      })),
    }),
    ...(ask.schema && { text: { format: { type: 'json_schema', name: 'answer', strict: true, schema: ask.schema } } }),
    ...(ask.reasoning && { reasoning: { effort: 'medium', summary: 'auto' } }),
    ...(ask.maxTokens && { max_output_tokens: ask.maxTokens }),
  }),
  read: (status, body, isStream) => (isStream ? readStream(status, body) : readWhole(status, JSON.parse(body))),
};

function itemsOf(turn: Turn): readonly Loose[] {
  switch (turn.role) {
    case 'assistant':
      return turn.turn;
    case 'results':
      return turn.results.map(({ id, text, image }) => ({
        type: 'function_call_output',
        call_id: id,
        output: image
          ? [
              { type: 'input_text', text },
              { type: 'input_image', image_url: dataUrl(image) },
            ]
          : text,
      }));
    case 'user':
      return [
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: turn.text },
            ...(turn.image ? [{ type: 'input_image', image_url: dataUrl(turn.image) }] : []),
            ...(turn.pdf ? [{ type: 'input_file', filename: 'a.pdf', file_data: dataUrl(turn.pdf) }] : []),
          ],
        },
      ];
  }
}

function readWhole(status: number, body: Loose): Reading {
  if (body.error) return failedReading(status, body.error.message);
  return readingOf(status, body, true);
}

function readingOf(status: number, response: Loose, ended: boolean): Reading {
  const items: readonly Loose[] = response.output;
  const calls = items.filter(({ type }) => type === 'function_call');
  const parts = items.filter(({ type }) => type === 'message').flatMap(({ content }) => content);
  const isFiltered =
    response.incomplete_details?.reason === 'content_filter' || parts.some(({ type }) => type === 'refusal');
  const reason = response.incomplete_details?.reason === 'max_output_tokens' ? 'length' : null;
  const { usage } = response;
  return {
    status,
    text: parts.map((part) => part.text ?? '').join(''),
    reasoning: items
      .filter(({ type }) => type === 'reasoning')
      .flatMap((item) => [...(item.content ?? []), ...(item.summary ?? [])])
      .map(({ text }) => text)
      .join(''),
    calls: calls.map((call) => ({ id: call.call_id, name: call.name, arguments: parsed(call.arguments) })),
    finish:
      response.status === 'failed'
        ? 'error'
        : isFiltered
          ? 'filtered'
          : (reason ?? (calls.length > 0 ? 'tools' : 'stop')),
    usage: usage && {
      prompt: usage.input_tokens,
      completion: usage.output_tokens,
      cached: usage.input_tokens_details.cached_tokens,
    },
    error: response.error?.message ?? null,
    ended,
    turn: items,
  };
}

const ENDS = ['response.completed', 'response.incomplete'];

/** The last event has the whole answer; what the events before it said must be the same. */
function readStream(status: number, body: string): Reading {
  const events = eventsOf(body).filter((event) => typeof event === 'object');
  events.forEach((event, at) => {
    if (event.sequence_number !== at) throw new Error(`event ${at} has sequence_number ${event.sequence_number}`);
  });
  const failed = events.find(({ type }) => type === 'response.failed' || type === 'error');
  if (failed) return failedReading(status, failed.response?.error?.message ?? failed.message);
  const end = events.findLast(({ type }) => ENDS.includes(type));
  if (!end) return failedReading(status, 'the stream has no terminal event');
  const reading = readingOf(status, end.response, true);
  const joined = (type: string): string =>
    events
      .filter((event) => event.type === type)
      .map(({ delta }) => delta)
      .join('');
  const text = joined('response.output_text.delta');
  if (text !== reading.text)
    throw new Error(`the deltas say ${JSON.stringify(text)}, the end ${JSON.stringify(reading.text)}`);
  const thought = joined('response.reasoning_summary_text.delta') + joined('response.reasoning_text.delta');
  if (thought !== reading.reasoning) throw new Error('the deltas of reasoning are not what the end says');
  const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
  if (JSON.stringify(done) !== JSON.stringify(end.response.output))
    throw new Error('items done are not the items of the end');
  return reading;
}
