/** The oldest of OpenAI's grammars: nothing opens a stream, and each frame holds text itself. */
import { CREATED_SECONDS, dataEvent, type Grammar, type StreamAnswer } from './grammar.ts';
import { usageOf } from './openai-chat.ts';

export const openAiCompletions: Grammar = {
  id: 'openai-completions',
  name: 'completions',
  path: () => '/v1/completions',
  headers: {},
  request: (model, prompt) => ({
    model,
    prompt,
    max_tokens: 1000,
    stream: true,
    stream_options: { include_usage: true },
  }),
  marker: (model) => `"${model}"`,
  stream,
  endings: ['"finish_reason":"stop"', '"prompt_tokens":250', '"completion_tokens":100'],
  terminator: 'data: [DONE]',
};

function stream({ model, pieces, ...counts }: StreamAnswer): readonly string[] {
  const frame = (choices: readonly object[], usage: object | null): string =>
    dataEvent({
      id: 'cmpl-bench00000000000000000000000',
      object: 'text_completion',
      created: CREATED_SECONDS,
      choices,
      model,
      usage,
    });
  const choice = (text: string, finish_reason: string | null): readonly object[] => [
    { text, index: 0, logprobs: null, finish_reason },
  ];
  return [
    ...pieces.map((text) => frame(choice(text, null), null)),
    frame(choice('', 'stop'), null),
    `${frame([], usageOf(counts))}data: [DONE]\n\n`,
  ];
}
