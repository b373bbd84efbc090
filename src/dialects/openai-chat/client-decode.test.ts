import { describe, expect, test } from 'bun:test';
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import { decodeChatRequest, GATEWAY_FIELDS } from './client-decode.ts';
import { parseChatRequest } from './client-request.ts';

const hello: Json = [{ role: 'user', content: 'Hello' }];

function decodeWhole(fields: JsonObject): Translated<ChatRequest> {
  return decodeChatRequest(parseChatRequest({ messages: hello, ...fields }));
}
const decode = (fields: JsonObject): ChatRequest => decodeWhole(fields).value;

describe('top-level fields', () => {
  test('sampling takes what is set and nothing else; a zero is set', () => {
    const body = { temperature: 0, top_p: null, seed: 0, stop: 'END', logit_bias: { '50256': -100 }, min_p: 0.1 };
    expect(decode(body).sampling).toEqual({
      temperature: 0,
      seed: 0,
      stop: ['END'],
      logitBias: { '50256': -100 },
      minP: 0.1,
    });
  });

  test('the newer output limit wins over the deprecated one', () => {
    expect(decode({ max_tokens: 5, max_completion_tokens: 7 }).maxOutputTokens).toBe(7);
    expect(decode({ max_tokens: 5, max_completion_tokens: null }).maxOutputTokens).toBe(5);
  });

  test('known fields that few grammars say are options, unknown ones extras, the gateway’s own neither', () => {
    const { options, extras } = decode({
      web_search_options: { search_context_size: 'low' },
      audio: { voice: 'alloy', format: 'wav' },
      venice_parameters: { a: 1 },
      safe_prompt: true,
      provider: { order: ['openai'] },
      plugins: [{ id: 'web' }],
      transforms: [],
      session_id: 's',
      usage: { include: true },
    });
    expect(options).toEqual({
      web_search_options: { search_context_size: 'low' },
      audio: { voice: 'alloy', format: 'wav' },
    });
    expect(extras).toEqual({ venice_parameters: { a: 1 }, safe_prompt: true });
    for (const field of GATEWAY_FIELDS) expect({ ...options, ...extras }).not.toHaveProperty(field);
  });

  test('response formats', () => {
    const schema = { type: 'object' };
    expect(
      decode({ response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } } }),
    ).toEqual(expect.objectContaining({ responseFormat: { type: 'json_schema', name: 'a', schema, strict: true } }));
    const grammar = { type: 'grammar', grammar: 'root ::= "a"' };
    expect(decode({ response_format: grammar }).responseFormat).toEqual({ type: 'other', value: grammar });
  });
});

describe('reasoning in all its forms', () => {
  const forms: readonly (readonly [JsonObject, ChatRequest['reasoning']])[] = [
    [{}, undefined],
    [{ reasoning: {} }, undefined],
    [{ include_reasoning: true }, undefined],
    [{ reasoning_effort: 'default' }, undefined],
    [{ reasoning: { effort: 'high' } }, { enabled: true, effort: 'high', exclude: false }],
    [{ reasoning_effort: 'low' }, { enabled: true, effort: 'low', exclude: false }],
    [{ reasoning: { enabled: true } }, { enabled: true, exclude: false }],
    [{ reasoning: { max_tokens: 2000, exclude: true } }, { enabled: true, maxTokens: 2000, exclude: true }],
    [{ reasoning: { effort: 'none' } }, { enabled: false, effort: 'none', exclude: false }],
    [{ reasoning: { enabled: false } }, { enabled: false, exclude: false }],
    [{ include_reasoning: false }, { enabled: true, byDefault: true, exclude: true }],
    [
      { include_reasoning: false, reasoning: { effort: 'low' } },
      { enabled: true, effort: 'low', exclude: true },
    ],
    [
      { reasoning: { effort: 'low', summary: 'auto' } },
      { enabled: true, effort: 'low', exclude: false, summary: 'auto' },
    ],
  ];
  for (const [body, expected] of forms) {
    test(JSON.stringify(body), () => {
      expect(decode(body).reasoning).toEqual(expected);
    });
  }
});

describe('tools', () => {
  test('functions, custom tools and server tools find their places', () => {
    const { value, notes } = decodeWhole({
      tools: [
        { type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: null } },
        { function: { name: 'g', description: 'G' }, cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'custom', custom: { name: 'grep' } },
        { type: 'openrouter:web_search', parameters: { max_results: 3 } },
      ],
    });
    expect(value.tools).toEqual([
      { name: 'f', parameters: { type: 'object' } },
      { name: 'g', description: 'G', cacheControl: { ttl: '1h' } },
      { name: 'grep', custom: {} },
    ]);
    expect(value.options).toEqual({
      server_tools: [{ type: 'openrouter:web_search', parameters: { max_results: 3 } }],
    });
    expect(notes).toEqual([]);
  });

  const choices: readonly (readonly [Json, Json])[] = [
    ['none', { type: 'none' }],
    ['any', { type: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', name: 'f' },
    ],
    [{ function: { name: 'f' } }, { type: 'tool', name: 'f' }],
    [
      { type: 'tool', name: 'f' },
      { type: 'tool', name: 'f' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      { type: 'allowed', mode: 'auto', names: ['f'] },
    ],
  ];
  for (const [wire, expected] of choices) {
    test(`choice ${JSON.stringify(wire)}`, () => {
      expect<unknown>(decode({ tool_choice: wire }).toolChoice).toEqual(expected);
    });
  }

  test('functions from before tools', () => {
    const { tools, toolChoice } = decode({ functions: [{ name: 'f' }], function_call: { name: 'f' } });
    expect(tools).toEqual([{ name: 'f' }]);
    expect(toolChoice).toEqual({ type: 'tool', name: 'f' });
  });
});

describe('messages', () => {
  const message = (wire: Json) => decode({ messages: [wire] }).messages[0];

  test('parts of every kind', () => {
    const decoded = message({
      role: 'user',
      name: 'ann',
      content: [
        { type: 'text', text: 'look', cache_control: { type: 'ephemeral' } },
        { type: 'image_url', image_url: { url: 'https://i.example/a.png', detail: 'low' } },
        { type: 'image_url', image_url: 'data:image/jpeg;base64,AAAA' },
        { type: 'input_audio', input_audio: { data: 'UklGRgAA', format: 'wav' } },
        { type: 'input_audio', input_audio: 'UklGRgAA' },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
        { type: 'file', file: { file_id: 'file-1' } },
        { type: 'document_url', document_url: 'https://d.example/a.pdf', document_name: 'a' },
        { type: 'video_url', video_url: { url: 'https://v.example/a.mp4' } },
      ],
    });
    expect(decoded).toEqual({
      role: 'user',
      name: 'ann',
      content: [
        { type: 'text', text: 'look', cacheControl: {} },
        { type: 'image', source: { kind: 'url', url: 'https://i.example/a.png' }, detail: 'low' },
        { type: 'image', source: { kind: 'data', mediaType: 'image/jpeg', base64: 'AAAA' } },
        { type: 'audio', base64: 'UklGRgAA', format: 'wav' },
        { type: 'audio', base64: 'UklGRgAA', format: 'wav' },
        { type: 'file', source: { kind: 'data', mediaType: 'application/pdf', base64: 'JVBE' }, filename: 'a.pdf' },
        { type: 'file', source: { kind: 'id', id: 'file-1' } },
        { type: 'file', source: { kind: 'url', url: 'https://d.example/a.pdf' }, filename: 'a' },
        { type: 'video', source: { kind: 'url', url: 'https://v.example/a.mp4' } },
      ],
    });
  });

  test('an assistant turn keeps calls, reasoning, signatures and refusal', () => {
    const decoded = message({
      role: 'assistant',
      content: null,
      reasoning: 'think',
      reasoning_content: 'think',
      reasoning_details: [
        { type: 'reasoning.text', text: 'think', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.encrypted', data: 'blob', id: 'rs_1', format: null, index: 1 },
        { text: 'untyped', signature: 's' },
      ],
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: { x: 1 } } },
        { id: 'b', type: 'custom', custom: { name: 'grep', input: 'foo' } },
      ],
    });
    expect(decoded).toEqual({
      role: 'assistant',
      content: [],
      reasoning: 'think',
      reasoningDetails: [
        { type: 'reasoning.text', text: 'think', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.encrypted', data: 'blob', id: 'rs_1', format: null, index: 1 },
        { type: 'reasoning.text', text: 'untyped', signature: 's' },
      ],
      toolCalls: [
        { id: 'a', name: 'f', arguments: '{"x":1}' },
        { id: 'b', name: 'grep', arguments: 'foo', custom: true },
      ],
    });
  });

  test.each([
    [{ format: 'anthropic-claude-v1'.repeat(3) }, { format: 'anthropic-claude-v1' }],
    [
      { format: 'unknownunknown', id: 'rs_1rs_1' },
      { format: 'unknown', id: 'rs_1' },
    ],
    [
      { format: 'openai-responses-v1'.repeat(2), id: 'rs_1' },
      { format: 'openai-responses-v1', id: 'rs_1' },
    ],
    [
      { format: 'google-gemini-v1', id: 'aa' },
      { format: 'google-gemini-v1', id: 'aa' },
    ],
    [{ format: 'unknownish' }, { format: 'unknownish' }],
    [{ format: 'a-v1a-v2' }, { format: 'a-v1a-v2' }],
    [{ format: '' }, { format: '' }],
  ])('reasoning joined from its fragments by Python’s stream helper: %j', (joined, written) => {
    const details = [{ type: 'reasoning.text', text: 'hm', ...joined, index: 0 }];
    expect(message({ role: 'assistant', content: 'x', reasoning_details: details })).toMatchObject({
      reasoningDetails: [{ type: 'reasoning.text', text: 'hm', ...written, index: 0 }],
    });
  });

  test('reasoning inside the content, as Mistral writes it, is reasoning', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'yes' },
    ];
    expect(message({ role: 'assistant', content })).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'yes' }],
      reasoning: 'hm',
      reasoningDetails: [],
      toolCalls: [],
    });
  });

  test('a result without an id answers the named or the oldest unanswered call', () => {
    const calls = ['a', 'b'].map((id) => ({ id, function: { name: `fn_${id}`, arguments: '{}' } }));
    const { messages } = decode({
      messages: [
        { role: 'assistant', content: null, tool_calls: calls },
        { role: 'tool', name: 'fn_b', content: '2' },
        { role: 'tool', content: '1' },
        { role: 'assistant', content: null, function_call: { name: 'old', arguments: '{}' } },
        { role: 'function', name: 'old', content: '3' },
      ],
    });
    const ids = messages.map((decoded) => (decoded.role === 'tool' ? decoded.toolCallId : '-'));
    expect(ids).toEqual(['-', 'b', 'a', '-', 'call_3_0']);
  });

  const refused: readonly (readonly [string, Json, string])[] = [
    ['a result for no call', { role: 'tool', content: '5' }, 'messages[0].tool_call_id'],
    [
      'a data URL that is not base64',
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:text/plain,x' } }] },
      'messages[0].content[0].image_url.url',
    ],
    [
      'a path instead of a URL',
      { role: 'user', content: [{ type: 'image_url', image_url: { url: './cat.png' } }] },
      'messages[0].content[0].image_url.url',
    ],
    [
      'audio by URL',
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'https://a.example/a.mp3' } }] },
      'messages[0].content[0].input_audio.data',
    ],
  ];
  for (const [name, wire, field] of refused) {
    test(`${name} is refused by path`, () => {
      expect(() => message(wire)).toThrow(GatewayError);
      expect(() => message(wire)).toThrow(field);
    });
  }
});
