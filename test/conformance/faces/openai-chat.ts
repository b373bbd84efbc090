/** https://platform.openai.com/docs/api-reference/chat with OpenRouter's reasoning. */
import { dataUrl, eventsOf, type Face, failedReading, type Loose, parsed, type Reading, type Turn } from '../face.ts';

const FINISH: Loose = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tools',
  content_filter: 'filtered',
  error: 'error',
};

export const openAiChatFace: Face = {
  name: 'openai-chat',
  cannot: {},
  path: () => '/v1/chat/completions',
  headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  body: (ask) => ({
    model: ask.model,
    stream: ask.stream,
    messages: [...(ask.system ? [{ role: 'system', content: ask.system }] : []), ...ask.turns.flatMap(messagesOf)],
    ...(ask.tools && {
      tools: ask.tools.map(({ name, description, schema }) => ({
        type: 'function',
        function: { name, description, parameters: schema },
      })),
    }),
    ...(ask.schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: ask.schema } },
    }),
    ...(ask.reasoning && { reasoning: { effort: 'medium' } }),
    ...(ask.maxTokens && { max_tokens: ask.maxTokens }),
  }),
  read: (status, body, isStream) => (isStream ? readStream(status, body) : readWhole(status, JSON.parse(body))),
};

function messagesOf(turn: Turn): readonly Loose[] {
  switch (turn.role) {
    case 'assistant':
      return [turn.turn];
    case 'results':
      return turn.results.map(({ id, text, image }) => ({
        role: 'tool',
        tool_call_id: id,
        content: image
          ? [
              { type: 'text', text },
              { type: 'image_url', image_url: { url: dataUrl(image) } },
            ]
          : text,
      }));
    case 'user':
      return [
        {
          role: 'user',
          content: [
            { type: 'text', text: turn.text },
            ...(turn.image ? [{ type: 'image_url', image_url: { url: dataUrl(turn.image) } }] : []),
            ...(turn.pdf ? [{ type: 'file', file: { filename: 'a.pdf', file_data: dataUrl(turn.pdf) } }] : []),
          ],
        },
      ];
  }
}

function readingOf(status: number, message: Loose, finish: Loose, usage: Loose, ended: boolean, error: Loose): Reading {
  const { index: _, ...turn } = message;
  return {
    status,
    text: message.content ?? '',
    reasoning: message.reasoning ?? '',
    calls: (message.tool_calls ?? []).map((call: Loose) => ({
      id: call.id,
      name: call.function.name,
      arguments: parsed(call.function.arguments),
    })),
    finish: FINISH[finish] ?? null,
    usage: usage && {
      prompt: usage.prompt_tokens,
      completion: usage.completion_tokens,
      cached: usage.prompt_tokens_details.cached_tokens,
    },
    error: error ? error.message : null,
    ended,
    turn,
  };
}

function readWhole(status: number, body: Loose): Reading {
  if (body.error) return failedReading(status, body.error.message);
  const [choice] = body.choices;
  return readingOf(status, choice.message, choice.finish_reason, body.usage, true, null);
}

function readStream(status: number, body: string): Reading {
  const message: Loose = { role: 'assistant', content: '' };
  const details: Loose[] = [];
  let finish: Loose = null;
  let usage: Loose = null;
  let ended = false;
  let error: Loose = null;
  for (const frame of eventsOf(body)) {
    if (frame === '[DONE]') ended = true;
    if (frame.error) error = frame.error;
    usage = frame.usage ?? usage;
    const [choice] = frame.choices ?? [];
    if (!choice) continue;
    finish = choice.finish_reason ?? finish;
    message.content += choice.delta.content ?? '';
    if (choice.delta.reasoning) message.reasoning = (message.reasoning ?? '') + choice.delta.reasoning;
    for (const detail of choice.delta.reasoning_details ?? []) joinDetail(details, detail);
    for (const part of choice.delta.tool_calls ?? []) takeCall(message, part);
  }
  if (details.length > 0) message.reasoning_details = details;
  return readingOf(status, message, finish, usage, ended, error);
}

function takeCall(message: Loose, part: Loose): void {
  message.tool_calls ??= [];
  message.tool_calls[part.index] ??= { id: part.id, type: 'function', function: { name: '', arguments: '' } };
  const call = message.tool_calls[part.index];
  call.function.name += part.function?.name ?? '';
  call.function.arguments += part.function?.arguments ?? '';
}

/** As OpenRouter's clients join them: pieces of one index and type are one item. */
function joinDetail(details: Loose[], piece: Loose): void {
  const last = details.at(-1);
  if (!last || last.type !== piece.type || last.index !== piece.index) return void details.push({ ...piece });
  for (const field of ['text', 'summary', 'data']) if (piece[field]) last[field] = (last[field] ?? '') + piece[field];
  for (const field of ['signature', 'format', 'id']) if (piece[field]) last[field] = piece[field];
}
