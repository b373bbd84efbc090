/** https://platform.openai.com/docs/api-reference/completions: one prompt, one text. */
import { eventsOf, type Face, failedReading, type Loose, type Reading } from '../face.ts';

const NO_TOOLS = 'the grammar has no tools';
const ONE_TEXT = 'the grammar takes one text';

export const openAiCompletionsFace: Face = {
  name: 'openai-completions',
  cannot: {
    'parallel tools': NO_TOOLS,
    'tool results with images': NO_TOOLS,
    'image in': ONE_TEXT,
    'PDF in': ONE_TEXT,
    'reasoning, two turns': ONE_TEXT,
    'structured output': 'the grammar has no response format',
  },
  path: () => '/v1/completions',
  headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  body: (ask) => ({
    model: ask.model,
    stream: ask.stream,
    prompt: ask.turns.map((turn) => (turn.role === 'user' ? turn.text : '')).join('\n'),
    ...(ask.maxTokens && { max_tokens: ask.maxTokens }),
  }),
  read(status, body, isStream) {
    const frames: readonly Loose[] = isStream && status === 200 ? eventsOf(body) : [JSON.parse(body)];
    return readFrames(status, frames, !isStream || frames.at(-1) === '[DONE]');
  },
};

const FINISH: Loose = { stop: 'stop', length: 'length', content_filter: 'filtered' };

function readFrames(status: number, frames: readonly Loose[], ended: boolean): Reading {
  const failed = frames.find(({ error }) => error);
  if (failed) return failedReading(status, failed.error.message);
  const usage = frames.map((frame) => frame.usage).findLast(Boolean);
  const choices = frames.flatMap((frame) => frame.choices?.[0] ?? []);
  const reason = choices.map(({ finish_reason }) => finish_reason).findLast(Boolean);
  const text = choices.map((choice) => choice.text ?? '').join('');
  return {
    status,
    text,
    reasoning: '',
    calls: [],
    finish: FINISH[reason] ?? null,
    usage: usage && {
      prompt: usage.prompt_tokens,
      completion: usage.completion_tokens,
      cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
    },
    error: null,
    ended,
    turn: text,
  };
}
