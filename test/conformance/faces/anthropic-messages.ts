/** https://platform.claude.com/docs/en/api/messages */
import { eventsOf, type Face, failedReading, type Loose, type Reading, type Turn } from '../face.ts';

const FINISH: Loose = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tools',
  refusal: 'filtered',
};

export const anthropicMessagesFace: Face = {
  name: 'anthropic-messages',
  cannot: {},
  path: () => '/api/v1/messages',
  headers: (apiKey) => ({ 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' }),
  body: (ask) => ({
    model: ask.model,
    stream: ask.stream,
    max_tokens: ask.maxTokens ?? 4096,
    ...(ask.system && { system: ask.system }),
    messages: ask.turns.map(messageOf),
    ...(ask.tools && {
      tools: ask.tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    }),
    ...(ask.schema && { output_config: { format: { type: 'json_schema', schema: ask.schema } } }),
    ...(ask.reasoning && { thinking: { type: 'enabled', budget_tokens: 1024 } }),
  }),
  read: (status, body, isStream) => (isStream ? readStream(status, body) : readWhole(status, JSON.parse(body))),
};

const block = (
  type: string,
  { mediaType: media_type, base64: data }: { mediaType: string; base64: string },
): Loose => ({
  type,
  source: { type: 'base64', media_type, data },
});

function messageOf(turn: Turn): Loose {
  switch (turn.role) {
    case 'assistant':
      return { role: 'assistant', content: turn.turn };
    case 'results':
      return {
        role: 'user',
        content: turn.results.map(({ id, text, image }) => ({
          type: 'tool_result',
          tool_use_id: id,
          content: [{ type: 'text', text }, ...(image ? [block('image', image)] : [])],
        })),
      };
    case 'user':
      return {
        role: 'user',
        content: [
          ...(turn.image ? [block('image', turn.image)] : []),
          ...(turn.pdf ? [block('document', turn.pdf)] : []),
          { type: 'text', text: turn.text },
        ],
      };
  }
}

function readingOf(status: number, content: readonly Loose[], stop: Loose, usage: Loose, ended: boolean): Reading {
  const ofType = (type: string): readonly Loose[] => content.filter((each) => each.type === type);
  const cached = usage?.cache_read_input_tokens ?? 0;
  return {
    status,
    text: ofType('text')
      .map(({ text }) => text)
      .join(''),
    reasoning: ofType('thinking')
      .map(({ thinking }) => thinking)
      .join(''),
    calls: ofType('tool_use').map(({ id, name, input }) => ({ id, name, arguments: input })),
    finish: FINISH[stop] ?? null,
    usage: usage && {
      prompt: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
      completion: usage.output_tokens,
      cached,
    },
    error: null,
    ended,
    turn: content,
  };
}

function readWhole(status: number, body: Loose): Reading {
  if (body.type === 'error') return failedReading(status, body.error.message);
  return readingOf(status, body.content, body.stop_reason, body.usage, true);
}

/** The order of events is a part of the grammar: one block open at a time, in the order of their indexes. */
function readStream(status: number, body: string): Reading {
  const names = [...body.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
  const events = eventsOf(body);
  if (names.join() !== events.map(({ type }) => type).join()) throw new Error('an event has no name, or another one');
  const content: Loose[] = [];
  let open = -1;
  let stop: Loose = null;
  let usage: Loose = null;
  let ended = false;
  for (const event of events) {
    switch (event.type) {
      case 'error':
        return failedReading(status, event.error.message);
      case 'message_start':
        usage = event.message.usage;
        break;
      case 'content_block_start':
        if (open !== -1 || event.index !== content.length) throw new Error(`block ${event.index} opens out of turn`);
        open = event.index;
        content.push({ ...event.content_block, json: '' });
        break;
      case 'content_block_delta':
        if (event.index !== open) throw new Error(`a delta for block ${event.index} while ${open} is open`);
        take(content[open], event.delta);
        break;
      case 'content_block_stop':
        open = -1;
        break;
      case 'message_delta':
        stop = event.delta.stop_reason;
        usage = { ...usage, ...event.usage };
        break;
      case 'message_stop':
        ended = true;
    }
  }
  const blocks = content.map(({ json, ...each }) =>
    each.type === 'tool_use' ? { ...each, input: JSON.parse(json || '{}') } : each,
  );
  return readingOf(status, blocks, stop, usage, ended);
}

function take(open: Loose, delta: Loose): void {
  if (delta.type === 'text_delta') open.text += delta.text;
  if (delta.type === 'thinking_delta') open.thinking += delta.thinking;
  if (delta.type === 'signature_delta') open.signature = delta.signature;
  if (delta.type === 'input_json_delta') open.json += delta.partial_json;
}
