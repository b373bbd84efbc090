/** Shaped as Anthropic's events are; the opening ones leave together, as do the last two. */
import { type Grammar, namedEvent, type StreamAnswer } from './grammar.ts';

export const anthropicMessages: Grammar = {
  id: 'anthropic-messages',
  name: 'messages',
  path: () => '/v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  request: (model, prompt) => ({
    model,
    system: 'You are a benchmark.',
    messages: [{ role: 'user', content: prompt }],
    max_tokens: 1000,
    stream: true,
  }),
  marker: (model) => `"${model}"`,
  stream,
  endings: ['"type":"content_block_stop"', '"stop_reason":"end_turn"', '"output_tokens":100', '"type":"message_stop"'],
  terminator: null,
};

function stream({ model, pieces, promptTokens, completionTokens }: StreamAnswer): readonly string[] {
  const input = { input_tokens: promptTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const message = {
    model,
    id: 'msg_01BenchBenchBenchBenchBench',
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...input, output_tokens: 1, service_tier: 'standard' },
  };
  const place = { index: 0 };
  const last = {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { ...input, output_tokens: completionTokens },
  };
  return [
    namedEvent('message_start', { message }) +
      namedEvent('content_block_start', { ...place, content_block: { type: 'text', text: '' } }) +
      namedEvent('ping'),
    ...pieces.map((text) => namedEvent('content_block_delta', { ...place, delta: { type: 'text_delta', text } })),
    namedEvent('content_block_stop', place),
    namedEvent('message_delta', last) + namedEvent('message_stop'),
  ];
}
