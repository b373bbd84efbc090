/** Shaped as OpenAI's events are today, without the padding; the events that open and close an item leave together. */
import { CREATED_SECONDS, type Grammar, namedEvent, type StreamAnswer } from './grammar.ts';

export const openAiResponses: Grammar = {
  id: 'openai-responses',
  name: 'responses',
  path: () => '/v1/responses',
  headers: {},
  request: (model, prompt) => ({
    model,
    instructions: 'You are a benchmark.',
    input: [{ role: 'user', content: prompt }],
    max_output_tokens: 1000,
    stream: true,
    store: false,
  }),
  marker: (model) => `"${model}"`,
  stream,
  endings: ['"type":"response.completed"', '"status":"completed"', '"input_tokens":250', '"output_tokens":100'],
  terminator: null,
};

const ITEM_ID = 'msg_0ce572b2e204d0cb0168f78f600f9c8190989322dbb406fe41';

function stream(answer: StreamAnswer): readonly string[] {
  let next = 0;
  const event = (type: string, members: object): string => namedEvent(type, { sequence_number: next++, ...members });
  const place = { item_id: ITEM_ID, output_index: 0, content_index: 0 };
  const text = answer.pieces.join('');
  const part = (said: string): object => ({ type: 'output_text', annotations: [], logprobs: [], text: said });
  const item = (status: string, content: readonly object[]): object => ({
    id: ITEM_ID,
    type: 'message',
    status,
    content,
    role: 'assistant',
  });
  const begun = { response: responseOf(answer, null) };
  const done = item('completed', [part(text)]);
  return [
    event('response.created', begun) +
      event('response.in_progress', begun) +
      event('response.output_item.added', { output_index: 0, item: item('in_progress', []) }) +
      event('response.content_part.added', { ...place, part: part('') }),
    ...answer.pieces.map((delta) => event('response.output_text.delta', { ...place, delta, logprobs: [] })),
    event('response.output_text.done', { ...place, text, logprobs: [] }) +
      event('response.content_part.done', { ...place, part: part(text) }) +
      event('response.output_item.done', { output_index: 0, item: done }),
    event('response.completed', { response: responseOf(answer, done) }),
  ];
}

/** @param done its one item, once it is complete */
function responseOf({ model, promptTokens, completionTokens }: StreamAnswer, done: object | null): object {
  const usage = {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: promptTokens + completionTokens,
  };
  return {
    id: 'resp_0ce572b2e204d0cb0168f78f5f665c8190b5241a4adc01751c',
    object: 'response',
    created_at: CREATED_SECONDS,
    status: done ? 'completed' : 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: 'You are a benchmark.',
    max_output_tokens: 1000,
    max_tool_calls: null,
    model,
    output: done ? [done] : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: false,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    usage: done ? usage : null,
    user: null,
    metadata: {},
  };
}
