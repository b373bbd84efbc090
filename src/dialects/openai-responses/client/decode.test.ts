import { describe, expect, test } from 'bun:test';
import type { AssistantMessage, ReasoningDetail } from '../../../core/chat.ts';
import type { Json } from '../../../core/json.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { decodeResponsesRequest } from './decode.ts';
import { parseResponsesRequest } from './parse.ts';

const decode = (more: object) => {
  const body: Json = JSON.parse(JSON.stringify({ model: 'a/b', input: 'hi', ...more }));
  return decodeResponsesRequest(parseResponsesRequest(body));
};
const messagesOf = (...input: object[]) => decode({ input }).value.messages;
const notesOf = (more: object) => decode(more).notes.map(({ code, field }) => `${code} ${field}`);

const text = (said: string) => ({ type: 'text' as const, text: said });
const assistant = (more: Partial<AssistantMessage>): AssistantMessage => ({
  role: 'assistant',
  content: [],
  toolCalls: [],
  reasoningDetails: [],
  ...more,
});

describe('the conversation', () => {
  test('a string with instructions', () => {
    expect(decode({ instructions: 'Be brief.' }).value.messages).toEqual([
      { role: 'system', content: [text('Be brief.')] },
      { role: 'user', content: [text('hi')] },
    ]);
  });

  test('messages of every form', () => {
    expect(
      messagesOf(
        { role: 'developer', content: 'rules' },
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'one' },
            { type: 'text', text: 'two' },
          ],
        },
        {
          type: 'message',
          id: 'msg_1',
          status: 'completed',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'said', annotations: [] },
            { type: 'refusal', refusal: 'no more' },
          ],
        },
        { role: 'assistant', content: 'again' },
      ),
    ).toEqual([
      { role: 'developer', content: [text('rules')] },
      { role: 'user', content: [text('one'), text('two')] },
      assistant({ content: [text('said')], refusal: 'no more' }),
      assistant({ content: [text('again')] }),
    ]);
  });

  test('media by address, by value and by id', () => {
    const content = [
      { type: 'input_image', image_url: 'https://x.test/a.png', detail: 'high' },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
      { type: 'input_image', file_id: 'file_1' },
      { type: 'input_file', file_data: 'data:application/pdf;base64,BBBB', filename: 'a.pdf' },
      { type: 'input_file', file_url: 'https://x.test/b.pdf' },
      { type: 'input_file', file_id: 'file_2' },
      { type: 'input_audio', input_audio: { data: 'CCCC', format: 'wav' } },
      { type: 'input_video', video_url: 'https://x.test/c.mp4' },
      { type: 'input_text', text: 'kept', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'input_text', text: 'kept too', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
    ];
    expect(messagesOf({ role: 'user', content })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' }, detail: 'high' },
          { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'AAAA' } },
          { type: 'file', source: { kind: 'id', id: 'file_1' } },
          { type: 'file', source: { kind: 'data', mediaType: 'application/pdf', base64: 'BBBB' }, filename: 'a.pdf' },
          { type: 'file', source: { kind: 'url', url: 'https://x.test/b.pdf' } },
          { type: 'file', source: { kind: 'id', id: 'file_2' } },
          { type: 'audio', base64: 'CCCC', format: 'wav' },
          { type: 'video', source: { kind: 'url', url: 'https://x.test/c.mp4' } },
          { type: 'text', text: 'kept', cacheControl: { ttl: '1h' } },
          { type: 'text', text: 'kept too', cacheControl: {} },
        ],
      },
    ]);
  });

  test.each([
    [{ type: 'input_image' }, 'input[0].content[0].image_url: required'],
    [{ type: 'input_file' }, 'input[0].content[0].file_data: required'],
    [{ type: 'input_hologram' }, 'input[0].content[0].type: "input_hologram" can be sent only to a provider'],
  ])('content that cannot be understood is refused, never dropped: %j', (part, message) => {
    expect(() => messagesOf({ role: 'user', content: [part] })).toThrow(message);
  });

  test('a turn of the model is one message while its items stand in the order of a message', () => {
    const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
    const thought = (said: string) => ({
      type: 'reasoning',
      summary: [],
      content: [{ type: 'reasoning_text', text: said }],
    });
    const detail = (said: string): ReasoningDetail => ({
      type: 'reasoning.text',
      text: said,
      format: 'unknown',
      index: 0,
    });
    const called = (id: string) => ({ id, name: 'f', arguments: '{}' });
    expect(
      messagesOf(
        thought('first'),
        { role: 'assistant', content: 'text' },
        call('a'),
        call('b'),
        thought('second'),
        call('c'),
        { role: 'assistant', content: 'last' },
      ),
    ).toEqual([
      assistant({
        reasoningDetails: [detail('first')],
        content: [text('text')],
        toolCalls: [called('a'), called('b')],
      }),
      assistant({ reasoningDetails: [detail('second')], toolCalls: [called('c')] }),
      assistant({ content: [text('last')] }),
    ]);
  });
});

describe('tools in the conversation', () => {
  test('calls and results, with the name of the call beside its result', () => {
    expect(
      messagesOf(
        { type: 'function_call', call_id: 'a', name: 'f', arguments: { x: 1 } },
        { type: 'custom_tool_call', call_id: 'b', name: 'patch', input: '*** x' },
        { type: 'function_call_output', call_id: 'a', output: 'done' },
        {
          type: 'custom_tool_call_output',
          call_id: 'b',
          output: [
            { type: 'input_text', text: 'ok' },
            { type: 'input_image', image_url: 'https://x.test/a.png' },
          ],
        },
      ),
    ).toEqual([
      assistant({
        toolCalls: [
          { id: 'a', name: 'f', arguments: '{"x":1}' },
          { id: 'b', name: 'patch', arguments: '*** x', custom: true },
        ],
      }),
      { role: 'tool', toolCallId: 'a', content: [text('done')], name: 'f' },
      {
        role: 'tool',
        toolCallId: 'b',
        content: [text('ok'), { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } }],
        name: 'patch',
      },
    ]);
  });

  test('a result without an id answers the oldest open call, or nothing', () => {
    const call = (id: string) => ({ type: 'function_call', call_id: id, name: id, arguments: '{}' });
    const result = { type: 'function_call_output', output: 'x' };
    const results = messagesOf(call('a'), call('b'), result, result).filter(({ role }) => role === 'tool');
    expect(results.map((message) => message.role === 'tool' && message.toolCallId)).toEqual(['a', 'b']);
    expect(() => messagesOf(result)).toThrow('input[0].call_id: names no call of the conversation');
  });

  test('calls that only this grammar names are told as calls of functions', () => {
    const input = [
      {
        type: 'local_shell_call',
        id: 'x',
        call_id: 'a',
        status: 'completed',
        action: { type: 'exec', command: ['ls'] },
      },
      { type: 'local_shell_call_output', id: 'a', output: 'file' },
      { type: 'computer_call', id: 'y', call_id: 'b', action: { type: 'click', x: 1 } },
      {
        type: 'computer_call_output',
        call_id: 'b',
        output: { type: 'computer_screenshot', image_url: 'https://x.test/s.png' },
      },
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    ];
    expect(messagesOf(...input)).toEqual([
      assistant({
        toolCalls: [{ id: 'a', name: 'local_shell', arguments: '{"action":{"type":"exec","command":["ls"]}}' }],
      }),
      { role: 'tool', toolCallId: 'a', content: [text('file')], name: 'local_shell' },
      assistant({ toolCalls: [{ id: 'b', name: 'computer', arguments: '{"action":{"type":"click","x":1}}' }] }),
      {
        role: 'tool',
        toolCallId: 'b',
        content: [{ type: 'image', source: { kind: 'url', url: 'https://x.test/s.png' } }],
        name: 'computer',
      },
    ]);
    expect(notesOf({ input })).toEqual(['message.changed input[0]', 'message.dropped input[4]']);
  });

  test('generated images come back as content; a mere reference is noted', () => {
    const input = [{ type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'iVBORw0KGgo=' }];
    expect(messagesOf(...input)).toEqual([
      assistant({
        content: [{ type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'iVBORw0KGgo=' } }],
      }),
    ]);
    expect(notesOf({ input: [{ type: 'image_generation_call', id: 'ig_1' }] })).toEqual(['message.dropped input[0]']);
  });

  test('texts and images of an answer stay one turn, in which signatures find their images', () => {
    const own = (id: string | null, data: string): ReasoningDetail => ({
      type: 'reasoning.encrypted',
      data,
      id,
      format: 'google-gemini-v1',
    });
    const image = (result: string, format: string) => ({
      type: 'image_generation_call',
      result,
      output_format: format,
    });
    const said = (shown: string) => ({ type: 'message', role: 'assistant', content: shown });
    const sealed = (detail: ReasoningDetail) => ({ type: 'reasoning', encrypted_content: sealReasoning([detail]) });
    const signed = [sealed(own('image_0', 's0')), image('AAAAAAAA', 'jpeg')];
    const again = [said('two'), sealed(own('image_1', 's1')), image('BBBBBBBB', 'webp')];
    const [turn, ...more] = messagesOf(said('one'), ...signed, ...again);
    expect(more).toEqual([]);
    const data = (mediaType: string, base64: string) => ({
      type: 'image',
      source: { kind: 'data', mediaType, base64 },
    });
    expect(turn).toMatchObject({
      content: [text('one'), data('image/jpeg', 'AAAAAAAA'), text('two'), data('image/webp', 'BBBBBBBB')],
      reasoningDetails: [{ id: 'image_0' }, { id: 'image_1' }],
    });
  });
});

describe('reasoning that comes back', () => {
  const answer = { role: 'assistant', content: 'so' };
  const detailsOf = (item: object): readonly ReasoningDetail[] => {
    const [message] = messagesOf({ type: 'reasoning', ...item }, answer);
    return message?.role === 'assistant' ? message.reasoningDetails : [];
  };

  test('what was sealed is as it was made, whatever else the item says', () => {
    const made: ReasoningDetail[] = [
      { type: 'reasoning.text', text: 'thought', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'redacted', format: 'anthropic-claude-v1', index: 1 },
    ];
    expect(detailsOf({ id: 'rs_1', summary: [], content: null, encrypted_content: sealReasoning(made) })).toEqual(made);
  });

  test('a seal that was broken on its way is noted and replayed to nobody', () => {
    const input = [
      { type: 'reasoning', summary: [], encrypted_content: `${sealReasoning([]).slice(0, 36)}xxxx` },
      answer,
    ];
    expect(decode({ input }).value.messages).toEqual([assistant({ content: [text('so')] })]);
    expect(notesOf({ input })).toEqual(['reasoning.dropped input[0].encrypted_content']);
  });

  test("encrypted content that nobody marked is the grammar owner's", () => {
    const about = { id: 'rs_1', format: 'openai-responses-v1' };
    const summary = [
      { type: 'summary_text', text: 'one' },
      { type: 'summary_text', text: 'two' },
    ];
    expect(detailsOf({ id: 'rs_1', summary, encrypted_content: 'gAAA' })).toEqual([
      { type: 'reasoning.summary', summary: 'one', ...about, index: 0 },
      { type: 'reasoning.summary', summary: 'two', ...about, index: 1 },
      { type: 'reasoning.encrypted', data: 'gAAA', ...about, index: 2 },
    ]);
  });

  test("OpenRouter's own members say whose it is", () => {
    const content = [{ type: 'reasoning_text', text: 'thought' }];
    expect(detailsOf({ summary: [], content, signature: 'sig' })).toEqual([
      { type: 'reasoning.text', text: 'thought', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
    ]);
    expect(detailsOf({ summary: [], encrypted_content: 'sig', format: 'google-gemini-v1' })).toEqual([
      { type: 'reasoning.encrypted', data: 'sig', format: 'google-gemini-v1', index: 0 },
    ]);
  });

  test('signatures that name their part do not part a turn', () => {
    const sealed = (id: string | null) => ({
      type: 'reasoning',
      summary: [],
      encrypted_content: sealReasoning([{ type: 'reasoning.encrypted', data: 's', id, format: 'google-gemini-v1' }]),
    });
    const call = { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' };
    const messages = messagesOf(answer, sealed(null), sealed('a'), call);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      content: [text('so')],
      toolCalls: [{ id: 'a' }],
      reasoningDetails: [{}, { id: 'a' }],
    });
  });

  test('reasoning after the last word belongs to it; without a word it is left out', () => {
    const own = { type: 'reasoning', summary: [], encrypted_content: 'gAAA' };
    expect(messagesOf(answer, own, { role: 'user', content: 'and?' })).toMatchObject([
      { content: [text('so')], reasoningDetails: [{ data: 'gAAA' }] },
      { role: 'user' },
    ]);
    expect(notesOf({ input: [own, { role: 'user', content: 'and?' }] })).toEqual(['reasoning.dropped input']);
  });
});

describe('tools', () => {
  const parameters = { type: 'object', properties: {} };
  const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: X' };

  test('functions, custom tools, namespaces, and what runs at the vendor', () => {
    const search = { type: 'web_search', search_context_size: 'low' };
    const { value, notes } = decode({
      tools: [
        { type: 'function', name: 'f', description: 'F', parameters, strict: true },
        { type: 'custom', name: 'patch', description: 'P', format: grammar },
        {
          type: 'namespace',
          name: 'crm',
          description: 'Customers',
          tools: [
            { type: 'function', name: 'find', description: 'Find one', parameters, strict: null, defer_loading: true },
            { type: 'custom', name: 'note' },
          ],
        },
        search,
        { type: 'function', name: 'g', function: { name: 'g', parameters } },
      ],
    });
    expect(value.tools).toEqual([
      { name: 'f', description: 'F', parameters, strict: true },
      { name: 'patch', description: 'P', custom: { format: grammar } },
      { name: 'crm__find', description: 'Find one\n\nTools of crm: Customers', parameters },
      { name: 'crm__note', custom: {} },
      { name: 'g', parameters },
    ]);
    expect(value.options).toEqual({ server_tools: [search] });
    expect(notes.map(({ code, field }) => `${code} ${field}`)).toEqual([
      'tool.changed tools[2].tools[0]',
      'tool.changed tools[2].tools[0].defer_loading',
    ]);
  });

  test('a call in a namespace is told under the flat name', () => {
    const tools = [{ type: 'namespace', name: 'crm', tools: [{ type: 'function', name: 'find' }] }];
    const input = [{ type: 'function_call', call_id: 'a', name: 'find', namespace: 'crm', arguments: '{}' }];
    expect(decode({ tools, input }).value.messages).toMatchObject([{ toolCalls: [{ name: 'crm__find' }] }]);
  });

  test.each([
    ['auto', { toolChoice: { type: 'auto' } }],
    ['none', { toolChoice: { type: 'none' } }],
    ['required', { toolChoice: { type: 'required' } }],
    [{ type: 'function', name: 'f' }, { toolChoice: { type: 'tool', name: 'f' } }],
    [{ type: 'custom', name: 'p' }, { toolChoice: { type: 'tool', name: 'p' } }],
    [{ type: 'function', name: 'find', namespace: 'crm' }, { toolChoice: { type: 'tool', name: 'crm__find' } }],
    [
      {
        type: 'allowed_tools',
        mode: 'required',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'namespace', name: 'crm' },
        ],
      },
      { toolChoice: { type: 'allowed', mode: 'required', names: ['f', 'crm__find'] } },
    ],
    [{ type: 'file_search' }, { options: { server_tool_choice: { type: 'file_search' } } }],
  ])('tool_choice %j', (choice, decoded) => {
    const tools = [
      { type: 'function', name: 'f' },
      { type: 'custom', name: 'p' },
      { type: 'namespace', name: 'crm', tools: [{ type: 'function', name: 'find' }] },
    ];
    expect(decode({ tools, tool_choice: choice }).value).toMatchObject(decoded);
  });
});

test("the caller's own search for tools is a function; what it found is offered, and told by name", () => {
  const parameters = { type: 'object', properties: { query: { type: 'string' } } };
  const search = { type: 'tool_search', execution: 'client', description: 'Finds tools', parameters };
  const found = { type: 'namespace', name: 'crm', description: '', tools: [{ type: 'function', name: 'find' }] };
  const { value } = decode({
    tools: [search, { type: 'tool_search', execution: 'server' }],
    input: [
      { type: 'tool_search_call', call_id: 'a', execution: 'client', arguments: { query: 'customers' } },
      {
        type: 'tool_search_output',
        call_id: 'a',
        execution: 'client',
        tools: [found, { type: 'custom', name: 'note' }],
      },
      { type: 'tool_search_call', call_id: null, execution: 'server', arguments: {} },
      { type: 'tool_search_output', call_id: null, execution: 'server', tools: [] },
    ],
  });
  expect(value.tools).toMatchObject([
    { name: 'tool_search', description: 'Finds tools', parameters },
    { name: 'crm__find' },
    { name: 'note', custom: {} },
  ]);
  expect(value.options).toMatchObject({ server_tools: [{ execution: 'server' }] });
  expect(value.messages).toEqual([
    assistant({ toolCalls: [{ id: 'a', name: 'tool_search', arguments: '{"query":"customers"}' }] }),
    {
      role: 'tool',
      toolCallId: 'a',
      name: 'tool_search',
      content: [text('These tools can be called now: crm__find, note')],
    },
  ]);
});

describe('the other fields', () => {
  test('each in its place', () => {
    const schema = { type: 'object' };
    const { value, notes } = decode({
      max_output_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      presence_penalty: 1,
      frequency_penalty: -1,
      top_logprobs: 2,
      include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
      parallel_tool_calls: false,
      text: { format: { type: 'json_schema', name: 'n', schema, strict: true }, verbosity: 'low' },
      reasoning: { effort: 'high', summary: 'auto' },
      modalities: ['text', 'image'],
      image_config: { aspect_ratio: '1:1' },
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      cache_control: { type: 'ephemeral' },
      safety_identifier: 's',
      service_tier: 'flex',
      truncation: 'disabled',
      stream: true,
      store: false,
      session_id: 'x',
      provider: { only: ['y'] },
    });
    expect(value).toMatchObject({
      maxOutputTokens: 9,
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 3,
        presencePenalty: 1,
        frequencyPenalty: -1,
        logprobs: true,
        topLogprobs: 2,
      },
      parallelToolCalls: false,
      responseFormat: { type: 'json_schema', name: 'n', schema, strict: true },
      verbosity: 'low',
      reasoning: { enabled: true, effort: 'high', exclude: false, summary: 'auto' },
      modalities: ['text', 'image'],
      metadata: { a: 'b' },
      promptCacheKey: 'k',
      cacheControl: {},
      user: 's',
      serviceTier: 'flex',
      stream: true,
    });
    expect<object>(value.options).toEqual({ image_config: { aspect_ratio: '1:1' } });
    expect<object>(value.extras).toEqual({});
    expect(notes).toEqual([]);
  });

  test('what only this grammar has rides along by its name', () => {
    const { value } = decode({
      truncation: 'auto',
      include: ['file_search_call.results', 'reasoning.encrypted_content'],
      reasoning: { context: 'all_turns', mode: 'pro' },
      moderation: { model: 'm' },
    });
    expect<object>(value.extras).toEqual({
      truncation: 'auto',
      moderation: { model: 'm' },
      include: ['file_search_call.results'],
      'reasoning.context': 'all_turns',
      'reasoning.mode': 'pro',
    });
  });

  test.each([
    [{ effort: 'none' }, { enabled: false, effort: 'none', exclude: false }],
    [{ enabled: false }, { enabled: false, exclude: false }],
    [{ max_tokens: 2000 }, { enabled: true, maxTokens: 2000, exclude: false }],
    [{ generate_summary: 'concise' }, { enabled: true, byDefault: true, exclude: false, summary: 'concise' }],
    [
      { enabled: true, exclude: true },
      { enabled: true, exclude: true },
    ],
    [{ effort: null, summary: null }, undefined],
  ])('reasoning %j', (reasoning, decoded) => {
    expect<object | undefined>(decode({ reasoning }).value.reasoning).toEqual(decoded);
  });
});
