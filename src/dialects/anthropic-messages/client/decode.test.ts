import { describe, expect, test } from 'bun:test';
import type { Message, ReasoningDetail } from '../../../core/chat.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { decodeMessagesRequest, type decodeReasoning } from './decode.ts';
import { parseMessagesRequest } from './parse.ts';

const decode = (more: JsonObject) =>
  decodeMessagesRequest(parseMessagesRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more }));
const messagesOf = (...messages: JsonObject[]): readonly Message[] => decode({ messages }).value.messages;
const notesOf = (more: JsonObject) => decode(more).notes.map(({ code, field }) => `${code} ${field}`);
const text = (said: string) => ({ type: 'text' as const, text: said });
const user = (...content: Json[]): JsonObject => ({ role: 'user', content });
const assistant = (...content: Json[]): JsonObject => ({ role: 'assistant', content });

describe('turns', () => {
  test('the system prompt, its marks, and instructions in their place', () => {
    const { messages } = decode({
      system: [text('a'), { ...text('b'), cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [user(text('c')), { role: 'system', content: 'd' }],
    }).value;
    expect(messages).toEqual([
      { role: 'system', content: [text('a'), { ...text('b'), cacheControl: { ttl: '1h' } }] },
      { role: 'user', content: [text('c')] },
      { role: 'system', content: [text('d')] },
    ]);
  });

  test('results are messages of their own before what the user says, and know the tool’s name', () => {
    const call = { type: 'tool_use', id: 'c1', name: 'look', input: { at: 1 } };
    const result = { type: 'tool_result', tool_use_id: 'c1', content: [text('seen')], is_error: true };
    expect(messagesOf(assistant(call), user(text('and?'), result))).toEqual([
      {
        role: 'assistant',
        content: [],
        toolCalls: [{ id: 'c1', name: 'look', arguments: '{"at":1}' }],
        reasoningDetails: [],
      },
      { role: 'tool', toolCallId: 'c1', name: 'look', isError: true, content: [text('seen')] },
      { role: 'user', content: [text('and?')] },
    ]);
  });

  test('a turn whose order the core cannot say is several messages in a row', () => {
    const messages = messagesOf(
      assistant(
        { type: 'thinking', thinking: 'hm', signature: 's1' },
        text('first'),
        { type: 'tool_use', id: 'c1', name: 'a', input: {} },
        text('then'),
        { type: 'thinking', thinking: 'hm hm', signature: 's2' },
        { type: 'tool_use', id: 'c2', name: 'b', input: {} },
      ),
    );
    const shape = messages.map((message) =>
      message.role === 'assistant'
        ? [message.reasoning ?? '', message.content.length, message.toolCalls.map(({ id }) => id).join()]
        : [],
    );
    expect(shape).toEqual([
      ['hm', 1, 'c1'],
      ['', 1, ''],
      ['hm hm', 0, 'c2'],
    ]);
  });

  test('an empty turn is none', () => {
    expect(messagesOf(user(text('a')), assistant(), { role: 'user', content: '' })).toHaveLength(1);
  });
});

describe('thinking that comes back', () => {
  const detailsOf = (...content: Json[]): readonly ReasoningDetail[] =>
    messagesOf(assistant(...content, text('x'))).flatMap((message) =>
      message.role === 'assistant' ? message.reasoningDetails : [],
    );
  const format = 'anthropic-claude-v1';

  test('signed by the grammar’s owner: neighbours stay apart, an omitted text too', () => {
    expect(
      detailsOf(
        { type: 'thinking', thinking: '', signature: 's1' },
        { type: 'thinking', thinking: '', signature: 's2' },
        { type: 'redacted_thinking', data: 'd' },
      ),
    ).toEqual([
      { type: 'reasoning.text', text: '', signature: 's1', format, index: 0 },
      { type: 'reasoning.text', text: '', signature: 's2', format, index: 1 },
      { type: 'reasoning.encrypted', data: 'd', format, index: 2 },
    ]);
  });

  test('unsigned: plain text of nobody', () => {
    expect(detailsOf({ type: 'thinking', thinking: 'hm' })).toEqual([
      { type: 'reasoning.text', text: 'hm', format: 'unknown', index: 0 },
    ]);
    expect(detailsOf({ type: 'thinking', thinking: '', signature: '' })).toEqual([]);
  });

  test('sealed here: what the seal holds, whatever became of the readable text', () => {
    const sealed: ReasoningDetail[] = [
      { type: 'reasoning.summary', summary: 'short', format: 'openai-responses-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'secret', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
    ];
    const signature = sealReasoning(sealed);
    expect(detailsOf({ type: 'thinking', thinking: '', signature })).toEqual(sealed);
    expect(detailsOf({ type: 'redacted_thinking', data: signature })).toEqual(sealed);
    const [message] = messagesOf(assistant({ type: 'thinking', thinking: '', signature }, text('x')));
    expect(message).toMatchObject({ reasoning: 'short' });
  });
});

describe('content', () => {
  const partsOf = (...content: Json[]) => messagesOf(user(...content)).flatMap(({ content: parts }) => parts);

  test('images and files in every form of their sources', () => {
    expect(
      partsOf(
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'image', source: { type: 'url', url: 'https://a/b.png' }, cache_control: { type: 'ephemeral' } },
        { type: 'document', title: 'T', source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' } },
        { type: 'document', source: { type: 'url', url: 'https://a/b.pdf' }, context: 'old' },
        { type: 'document', source: { type: 'file', file_id: 'f1' } },
        { type: 'container_upload', file_id: 'f2' },
      ),
    ).toEqual([
      { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'AAAA' } },
      { type: 'image', source: { kind: 'url', url: 'https://a/b.png' }, cacheControl: {} },
      { type: 'file', filename: 'T', source: { kind: 'data', mediaType: 'application/pdf', base64: 'BBBB' } },
      text('old'),
      { type: 'file', source: { kind: 'url', url: 'https://a/b.pdf' } },
      { type: 'file', source: { kind: 'id', id: 'f1' } },
      { type: 'file', source: { kind: 'id', id: 'f2' } },
    ]);
  });

  test('documents of text, search results and found tools become text, with notes', () => {
    const content = [
      { type: 'document', title: 'T', source: { type: 'text', media_type: 'text/plain', data: 'plain' } },
      { type: 'document', source: { type: 'content', content: [text('inner')] }, cache_control: { type: 'ephemeral' } },
      { type: 'search_result', title: 'S', source: 'https://s', content: [text('found')] },
      { type: 'tool_reference', tool_name: 'look' },
    ];
    expect(partsOf(...content)).toEqual([
      text('T'),
      text('plain'),
      { ...text('inner'), cacheControl: {} },
      text('S\nhttps://s\nfound'),
      text('Tool found: look'),
    ]);
    expect(notesOf({ messages: [user(...content)] })).toEqual([
      'part.converted messages[0].content[0]',
      'part.converted messages[0].content[1]',
      'part.converted messages[0].content[2]',
      'part.converted messages[0].content[3]',
    ]);
  });

  test('what has no word in the core is noted, once for each kind', () => {
    const messages = [
      assistant(
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
        { ...text('answer'), citations: [{ type: 'char_location' }] },
      ),
      user({ type: 'what_is_new', id: 'f' }, { type: 'what_is_new', id: 'g' }, text('x')),
    ];
    expect(notesOf({ messages })).toEqual([
      'part.dropped messages[0].content[0]',
      'part.dropped messages[0].content[1]',
      'part.dropped messages[0].content[2].citations',
      'part.dropped messages[1].content[0]',
    ]);
  });

  test('the accounting line of a system prompt goes: it would spoil every prompt cache', () => {
    const system = [text('x-anthropic-billing-header: cc_version=2.1; cch=a;'), text('You are helpful.')];
    expect(decode({ system }).value.messages[0]?.content).toEqual([text('You are helpful.')]);
    expect(notesOf({ system })).toEqual(['part.dropped system[0]']);
  });
});

describe('tools', () => {
  test('the caller’s own, with notes for words that only this grammar has', () => {
    const more = {
      tools: [
        {
          name: 'a',
          description: 'A',
          input_schema: { type: 'object' },
          strict: true,
          cache_control: { type: 'ephemeral' },
        },
        { type: 'custom', name: 'b', input_schema: {}, defer_loading: true, allowed_callers: ['direct'] },
      ],
    };
    expect(decode(more).value.tools).toEqual([
      { name: 'a', description: 'A', parameters: { type: 'object' }, strict: true, cacheControl: {} },
      { name: 'b', parameters: {} },
    ]);
    expect(notesOf(more)).toEqual(['parameter.dropped tools[1].defer_loading']);
  });

  test('tools that the caller runs are functions with their documented arguments', () => {
    const more = {
      tools: [
        { type: 'bash_20250124', name: 'bash' },
        { type: 'text_editor_20250728', name: 'edit' },
      ],
    };
    const [bash, edit] = decode(more).value.tools;
    expect([bash?.name, Object.keys(Object(bash?.parameters?.['properties']))]).toEqual([
      'bash',
      ['command', 'restart'],
    ]);
    expect([edit?.name, edit?.parameters?.['required']]).toEqual(['edit', ['command', 'path']]);
    expect(notesOf(more)).toEqual(['tool.changed tools[0]', 'tool.changed tools[1]']);
  });

  test('tools that the grammar’s owner runs keep their form for it; a gateway is asked for what does the same', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 2, blocked_domains: ['b'] };
    const code = { type: 'code_execution_20260120', name: 'code' };
    const ours = { type: 'openrouter:datetime' };
    const { value } = decode({ tools: [search, code, ours], tool_choice: { type: 'tool', name: 'web_search' } });
    expect(value.extras).toEqual({
      'tools[0]': search,
      'tools[1]': code,
      tool_choice: { type: 'tool', name: 'web_search' },
    });
    expect(value.options).toEqual({
      server_tools: [{ type: 'openrouter:web_search', parameters: { max_uses: 2, excluded_domains: ['b'] } }, ours],
      server_tool_choice: { type: 'openrouter:web_search' },
    });
    expect(value.toolChoice).toBeUndefined();
  });

  test.each<[JsonObject, JsonObject]>([
    [{ type: 'auto' }, { toolChoice: { type: 'auto' } }],
    [
      { type: 'any', disable_parallel_tool_use: true },
      { toolChoice: { type: 'required' }, parallelToolCalls: false },
    ],
    [{ type: 'tool', name: 'a' }, { toolChoice: { type: 'tool', name: 'a' } }],
    [{ type: 'none' }, { toolChoice: { type: 'none' } }],
  ])('choice %j', (choice, expected) => {
    const { value } = decode({ tools: [{ name: 'a', input_schema: {} }], tool_choice: choice });
    expect(value).toMatchObject(expected);
  });
});

describe('the rest of the request', () => {
  test.each<[JsonObject, ReturnType<typeof decodeReasoning>]>([
    [{}, undefined],
    [{ thinking: { type: 'disabled' } }, { enabled: false, exclude: false }],
    [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, { enabled: true, maxTokens: 2048, exclude: false }],
    [{ thinking: { type: 'adaptive' } }, { enabled: true, effort: 'high', exclude: false }],
    [{ thinking: { type: 'adaptive', display: 'updates' } }, { enabled: true, effort: 'high', exclude: false }],
    [
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'low' } },
      { enabled: true, effort: 'low', exclude: true },
    ],
    [{ output_config: { effort: 'max' } }, { enabled: true, effort: 'max', exclude: false }],
  ])('thinking %j', (more, expected) => expect(decode(more).value.reasoning).toEqual(expected));

  test('sampling, limits, user, tier and what only this grammar says', () => {
    const { value, notes } = decode({
      max_tokens: 0,
      temperature: 0.5,
      top_p: -1,
      top_k: 3,
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      speed: 'fast',
      cache_control: { type: 'ephemeral' },
      context_management: { edits: [] },
      brand_new: 1,
      session_id: 's',
    });
    expect(value).toMatchObject({
      maxOutputTokens: 1,
      sampling: { temperature: 0.5, topK: 3, stop: ['END'] },
      user: 'u',
      serviceTier: 'fast',
      cacheControl: {},
      options: {},
      extras: { brand_new: 1, context_management: { edits: [] } },
    });
    expect(value.sampling.topP).toBeUndefined();
    expect(notes.map(({ field }) => field)).toEqual(['max_tokens']);
  });

  test('an answer held to a schema is asked for strictly only where others take it strictly', () => {
    const closed = { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false };
    const of = (schema: JsonObject, place: (format: JsonObject) => JsonObject) =>
      decode(place({ type: 'json_schema', schema })).value.responseFormat;
    expect(of(closed, (format) => ({ output_config: { format } }))).toEqual({
      type: 'json_schema',
      name: 'response',
      schema: closed,
      strict: true,
    });
    const open = { type: 'array', items: { ...closed, required: [] } };
    expect(of(open, (output_format) => ({ output_format }))).toEqual({
      type: 'json_schema',
      name: 'response',
      schema: open,
    });
  });
});
