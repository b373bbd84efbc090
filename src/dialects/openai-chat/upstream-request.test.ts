import { describe, expect, test } from 'bun:test';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { HostQuirks, ModelTraits } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { nineCharacterId } from '../shared/upstream/tool-ids.ts';
import { decodeChatRequest } from './client-decode.ts';
import { parseChatRequest } from './client-request.ts';
import { encodeChatRequest } from './upstream-request.ts';

const hello: Json = [{ role: 'user', content: 'Hello' }];

function encode(fields: JsonObject, quirks: HostQuirks = {}, traits: ModelTraits = {}) {
  const { value: request } = decodeChatRequest(parseChatRequest({ messages: hello, ...fields }));
  const { value, notes } = encodeChatRequest(request, contextWith({ quirks, traits }));
  const messages = Array.isArray(value.body['messages']) ? value.body['messages'].filter(isJsonObject) : [];
  return { path: value.path, body: value.body, messages, notes: notes.map(({ code, field }) => `${code} ${field}`) };
}

describe('the body', () => {
  test('a plain request goes out as it came in', () => {
    const fields: JsonObject = {
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'https://i.example/a.png', detail: 'low' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: '1' },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
      temperature: 0.5,
      stop: ['x'],
      seed: 1,
      response_format: { type: 'json_schema', json_schema: { name: 's', schema: { type: 'object' }, strict: true } },
      max_tokens: 9,
      user: 'u',
      prediction: { type: 'content', content: 'x' },
    };
    const { path, body, notes } = encode(fields);
    expect(path).toBe('/chat/completions');
    expect<unknown>(body).toEqual({ model: 'model-1', ...fields });
    expect(notes).toEqual([]);
  });

  test('a stream always asks for its usage, unless the host refuses to be asked', () => {
    expect(encode({ stream: true }).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(encode({ stream: true }, { streamOptions: false }).body).not.toHaveProperty('stream_options');
    expect(encode({ stream: true }, { obfuscationOption: true }).body).toMatchObject({
      stream_options: { include_usage: true, include_obfuscation: false },
    });
  });

  test('gateway fields never leave; extras are noted', () => {
    const { body, notes } = encode({ provider: { order: ['x'] }, plugins: [{ id: 'web' }], venice_parameters: {} });
    expect(Object.keys(body).sort()).toEqual(['messages', 'model']);
    expect(notes).toEqual(['parameter.dropped venice_parameters']);
  });

  const oddities: readonly (readonly [string, JsonObject, HostQuirks, JsonObject, readonly string[]])[] = [
    ['a renamed field', { seed: 3 }, { renames: { seed: 'random_seed' } }, { random_seed: 3 }, []],
    ['a refused field', { logit_bias: { a: 1 } }, { rejects: ['logit_bias'] }, {}, ['parameter.dropped logit_bias']],
    [
      'the other limit',
      { max_tokens: 5 },
      { maxTokensField: 'max_completion_tokens' },
      { max_completion_tokens: 5 },
      [],
    ],
    [
      'a lower ceiling',
      { temperature: 2 },
      { maxTemperature: 1.5 },
      { temperature: 1.5 },
      ['parameter.changed temperature'],
    ],
    ['defaults', {}, { defaults: { reasoning_split: true } }, { reasoning_split: true }, []],
    ['cache marks nobody reads', { cache_control: { type: 'ephemeral' } }, {}, {}, ['parameter.dropped cache_control']],
    [
      'cache marks',
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
      { cacheControl: true },
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
      [],
    ],
    ['reasoning that is only hidden asks for nothing', { include_reasoning: false }, {}, {}, []],
    ['effort', { reasoning: { effort: 'low' } }, {}, { reasoning_effort: 'low' }, []],
  ];
  for (const [name, fields, quirks, expected, notes] of oddities) {
    test(name, () => {
      const { body, notes: actual } = encode(fields, quirks);
      const { messages: _, model: __, ...rest } = body;
      expect<unknown>(rest).toEqual(expected);
      expect(actual).toEqual([...notes]);
    });
  }

  test('what the model cannot do is dropped, changed or lowered, each with a note', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const fields = { temperature: 1, top_p: 0.5, max_tokens: 900, tools, tool_choice: 'required' };
    const { body, notes } = encode(fields, {}, { sampling: false, maxOutputTokens: 100, forcedToolUse: false });
    expect(body).toMatchObject({ max_tokens: 100, tool_choice: 'auto' });
    expect(body).not.toHaveProperty('temperature');
    expect(notes).toEqual([
      'parameter.changed tool_choice',
      'parameter.dropped temperature',
      'parameter.dropped top_p',
      'parameter.changed max_tokens',
    ]);
  });

  test('allowed tools are the ones offered', () => {
    const tools = ['f', 'g'].map((name) => ({ type: 'function', function: { name } }));
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] };
    const { body } = encode({ tools, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } });
    expect(body).toMatchObject({ tools: [{ function: { name: 'g' } }], tool_choice: 'required' });
  });

  test('server tools go to another gateway only', () => {
    const tools = [{ type: 'openrouter:web_search' }];
    expect(encode({ tools }, { gatewayFields: ['provider'] }).body['tools']).toEqual(tools);
    const plain = encode({ tools });
    expect(plain.body).not.toHaveProperty('tools');
    expect(plain.notes).toEqual(['tool.changed tools']);
  });
});

describe('messages', () => {
  test('developer is system unless the host knows it', () => {
    const messages: Json = [{ role: 'developer', content: 'x' }];
    expect(encode({ messages }).messages[0]?.['role']).toBe('system');
    expect(encode({ messages }, { developerRole: true }).messages[0]?.['role']).toBe('developer');
  });

  test('nine-character ids: a call and its result still find each other', () => {
    const messages: Json = [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_long_identifier', function: { name: 'f', arguments: '' } }],
      },
      { role: 'tool', tool_call_id: 'call_long_identifier', content: '1' },
    ];
    const [call, result] = encode({ messages }, { nineCharacterToolIds: true }).messages;
    const id = nineCharacterId('call_long_identifier');
    expect(id).toMatch(/^[a-z0-9]{9}$/);
    expect(call).toMatchObject({ tool_calls: [{ id, function: { name: 'f', arguments: '{}' } }] });
    expect(result).toMatchObject({ tool_call_id: id });
    expect(nineCharacterId('abcDEF123')).toBe('abcDEF123');
    expect(nineCharacterId('call_1')).not.toBe(nineCharacterId('call_2'));
  });

  const thought: Json = [
    {
      role: 'assistant',
      content: 'x',
      reasoning: 'r',
      reasoning_details: [
        { type: 'reasoning.text', text: 'r', signature: 's', format: 'anthropic-claude-v1' },
        { type: 'reasoning.encrypted', data: 'd', format: 'openai-responses-v1' },
      ],
    },
    { role: 'user', content: 'go on' },
  ];
  test('reasoning goes back where the host wants it, else a note says so', () => {
    expect(encode({ messages: thought }).notes).toEqual(['reasoning.dropped messages[0].reasoning_details']);
    const named = encode({ messages: thought }, { reasoningReplay: 'reasoning_content' }).messages[0];
    expect(named).toEqual({ role: 'assistant', content: 'x', reasoning_content: 'r' });
    const whole = encode({ messages: thought }, { reasoningReplay: 'reasoning_details' }).messages[0];
    expect(whole?.['reasoning_details']).toHaveLength(2);
  });
  test('a caller who replays the details only gives a host that wants text their text', () => {
    const details = [{ type: 'reasoning.text', text: 'r', signature: 's', format: 'anthropic-claude-v1' }];
    const messages = [{ role: 'assistant', content: 'x', reasoning_details: details }];
    const [turn] = encode({ messages }, { reasoningReplay: 'reasoning_content' }).messages;
    expect(turn).toEqual({ role: 'assistant', content: 'x', reasoning_content: 'r' });
  });
  test('details of another format are not replayed', () => {
    const quirks: HostQuirks = { reasoningReplay: 'reasoning_details', reasoningFormat: 'anthropic-claude-v1' };
    const { messages, notes } = encode({ messages: thought }, quirks);
    expect(messages[0]?.['reasoning_details']).toEqual([
      { type: 'reasoning.text', text: 'r', signature: 's', format: 'anthropic-claude-v1' },
    ]);
    expect(notes).toHaveLength(1);
  });

  test('media of a tool result follow in a user message', () => {
    const image = { type: 'image_url', image_url: { url: 'https://i.example/a.png' } };
    const calls = ['a', 'b'].map((id) => ({ id, function: { name: 'f', arguments: '{}' } }));
    const { messages, notes } = encode({
      messages: [
        { role: 'assistant', content: null, tool_calls: calls },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'see' }, image] },
        { role: 'tool', tool_call_id: 'b', content: '2' },
      ],
    });
    expect(messages.map(({ role, content }) => [role, content])).toEqual([
      ['assistant', null],
      ['tool', 'see'],
      ['tool', '2'],
      ['user', [image]],
    ]);
    expect(notes).toEqual(['part.converted messages[1].content[1]']);
  });

  test('Mistral’s plain media', () => {
    const content: Json = [
      { type: 'image_url', image_url: { url: 'https://i.example/a.png', detail: 'low' } },
      { type: 'input_audio', input_audio: { data: 'UklGRgAA', format: 'wav' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
    ];
    expect(
      encode({ messages: [{ role: 'user', content }] }, { plainMediaUrls: true }).messages[0]?.['content'],
    ).toEqual([
      { type: 'image_url', image_url: 'https://i.example/a.png' },
      { type: 'input_audio', input_audio: 'UklGRgAA' },
      { type: 'document_url', document_url: 'data:application/pdf;base64,JVBE', document_name: 'a.pdf' },
    ]);
  });

  test('hosts that insist on turns get turns', () => {
    const messages: Json = [
      { role: 'user', content: 'a' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'b' },
          { type: 'image_url', image_url: { url: 'https://i.example/a.png' } },
        ],
      },
      { role: 'assistant', content: 'c' },
      { role: 'user', content: 'd' },
    ];
    const merged = encode({ messages }, { strictAlternation: true });
    expect(merged.messages.map((message) => message['role'])).toEqual(['user', 'assistant', 'user']);
    expect(merged.messages[0]?.['content']).toHaveLength(3);
    expect(merged.notes).toEqual(['message.merged messages']);
  });

  test('a prefill is marked where the host wants a mark, answered where the model refuses it', () => {
    const messages: Json = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    expect(encode({ messages }, { prefillField: 'prefix' }).messages.at(-1)).toMatchObject({ prefix: true });
    const refused = encode({ messages }, {}, { prefill: false });
    expect(refused.messages.at(-1)?.['role']).toBe('user');
    expect(refused.notes).toEqual(['message.changed messages']);
  });
});
