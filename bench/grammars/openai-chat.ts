/** Shaped as OpenAI's frames are today, without the padding. */
import { CREATED_SECONDS, dataEvent, type Grammar, type StreamAnswer } from './grammar.ts';

export const openAiChat: Grammar = {
  id: 'openai-chat',
  name: 'chat completions',
  path: () => '/v1/chat/completions',
  headers: {},
  request: (model, prompt) => ({
    ...wholeRequest(model, prompt),
    stream: true,
    stream_options: { include_usage: true },
  }),
  marker: (model) => `"${model}"`,
  stream,
  endings: ['"finish_reason":"stop"', '"prompt_tokens":250', '"completion_tokens":100'],
  terminator: 'data: [DONE]',
};

/** A request for a whole reply. */
export function wholeRequest(model: string, prompt: string): object {
  return {
    model,
    messages: [
      { role: 'system', content: 'You are a benchmark.' },
      { role: 'user', content: prompt },
    ],
    max_tokens: 1000,
  };
}

export function wholeReply({ pieces, ...told }: StreamAnswer): object {
  const message = { role: 'assistant', content: pieces.join(''), refusal: null, annotations: [] };
  return {
    id: 'chatcmpl-bench00000000000000000000000',
    object: 'chat.completion',
    created: CREATED_SECONDS,
    model: told.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: usageOf(told),
    service_tier: 'default',
    system_fingerprint: 'fp_bench',
  };
}

function stream({ model, pieces, ...counts }: StreamAnswer): readonly string[] {
  const frame = (choices: readonly object[], usage: object | null): string =>
    dataEvent({
      id: 'chatcmpl-bench00000000000000000000000',
      object: 'chat.completion.chunk',
      created: CREATED_SECONDS,
      model,
      service_tier: 'default',
      system_fingerprint: 'fp_bench',
      choices,
      usage,
    });
  const choice = (delta: object, finish_reason: string | null): readonly object[] => [
    { index: 0, delta, logprobs: null, finish_reason },
  ];
  return [
    frame(choice({ role: 'assistant', content: '', refusal: null }, null), null),
    ...pieces.map((content) => frame(choice({ content }, null), null)),
    frame(choice({}, 'stop'), null),
    `${frame([], usageOf(counts))}data: [DONE]\n\n`,
  ];
}

/** Usage as OpenAI's older grammars say it. */
export function usageOf(counts: Pick<StreamAnswer, 'promptTokens' | 'completionTokens'>): object {
  return {
    prompt_tokens: counts.promptTokens,
    completion_tokens: counts.completionTokens,
    total_tokens: counts.promptTokens + counts.completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}
