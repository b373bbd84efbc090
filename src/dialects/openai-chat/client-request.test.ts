import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { parseChatRequest } from './client-request.ts';

const hello = [{ role: 'user', content: 'Hello' }];

function refusal(body: Json): { field: string | undefined; message: string } {
  try {
    parseChatRequest(body);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error.code).toBe('client.invalid_request');
    return { field: error.details.field, message: error.message };
  }
  throw new Error('the body was accepted');
}

describe('what is accepted', () => {
  test('gives the very value that came in, unknown fields at every level included', () => {
    const body = {
      zeta: 1,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'x', vendor: true }], mood: 'good' }],
      model: 'a/b',
      tools: [{ type: 'function', function: { name: 'f', requires_confirmation: true } }],
    };
    expect<unknown>(parseChatRequest(body)).toBe(body);
    expect(Object.keys(parseChatRequest(body))).toEqual(['zeta', 'messages', 'model', 'tools']);
  });

  const accepted: readonly (readonly [string, Json])[] = [
    [
      'null for whatever a typed client leaves unset',
      { messages: hello, tools: null, stop: null, model: null, n: null },
    ],
    ['an assistant turn without content', { messages: [...hello, { role: 'assistant', content: null }] }],
    [
      'a tool result as parts',
      { messages: [{ role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: '' }] }] },
    ],
    [
      'tool call arguments kept parsed',
      assistant({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: {} } }] }),
    ],
    ['reasoning under both names', assistant({ content: '', reasoning: 'r', reasoning_content: 'r' })],
    ['reasoning details of any kind', assistant({ reasoning_details: [{ type: 'reasoning.server_tool_call' }] })],
    ['the older word for video', user([{ type: 'input_video', video_url: { url: 'https://v.example/v.mp4' } }])],
    ['a file by address', user([{ type: 'file', file: { file_data: 'https://f.example/a.pdf' } }])],
    ['a custom tool', { messages: hello, tools: [{ type: 'custom', custom: { name: 'grep' } }] }],
    ['a server tool', { messages: hello, tools: [{ type: 'openrouter:web_search' }] }],
    ['functions from before tools', { messages: hello, functions: [{ name: 'f' }], function_call: 'auto' }],
    ['one effort said twice', { messages: hello, reasoning: { effort: 'low' }, reasoning_effort: 'low' }],
    ['an empty stop list', { messages: hello, stop: [] }],
  ];
  for (const [name, body] of accepted) {
    test(name, () => {
      expect<unknown>(parseChatRequest(body)).toBe(body);
    });
  }
});

function assistant(turn: { readonly [key: string]: Json }): Json {
  return { messages: [...hello, { role: 'assistant', ...turn }] };
}
function user(content: Json): Json {
  return { messages: [{ role: 'user', content }] };
}

describe('what is refused, with the path of the field and what would do', () => {
  const refused: readonly (readonly [string, Json, string, RegExp])[] = [
    ['a list instead of an object', [], 'body', /JSON object/],
    ['no messages', { model: 'a/b' }, 'messages', /required: array/],
    ['an empty list of messages', { messages: [] }, 'messages', /at least one/],
    ['a prompt', { prompt: 'x' }, 'prompt', /\/completions/],
    ['an unknown role', { messages: [{ role: 'robot', content: '' }] }, 'messages[0].role', /"robot".*"assistant"/],
    ['an unknown part', user([{ type: 'tool_use' }]), 'messages[0].content[0].type', /"tool_use".*"image_url"/],
    ['a part without its text', user([{ type: 'text' }]), 'messages[0].content[0].text', /required: string/],
    ['content of another type', user(4), 'messages[0].content', /number.*string, or array/],
    [
      'an image without url',
      user([{ type: 'image_url', image_url: {} }]),
      'messages[0].content[0].image_url.url',
      /required/,
    ],
    ['a file without content', user([{ type: 'file', file: {} }]), 'messages[0].content[0].file.file_data', /required/],
    [
      'a call that calls nothing',
      assistant({ tool_calls: [{ id: 'a' }] }),
      'messages[1].tool_calls[0].function',
      /required/,
    ],
    ['temperature too high', { messages: hello, temperature: 2.5 }, 'temperature', /got 2.5; accepted: at most 2/],
    ['temperature as text', { messages: hello, temperature: 'hot' }, 'temperature', /got string; accepted: number/],
    ['top_p below zero', { messages: hello, top_p: -1 }, 'top_p', /at least 0/],
    ['a fractional limit', { messages: hello, max_tokens: 1.5 }, 'max_tokens', /integer/],
    ['top_logprobs over 20', { messages: hello, top_logprobs: 21 }, 'top_logprobs', /at most 20/],
    ['five stop sequences', { messages: hello, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', /5 items.*at most 4/],
    ['a long session id', { messages: hello, session_id: 'x'.repeat(257) }, 'session_id', /257 characters.*256/],
    ['17 metadata pairs', { messages: hello, metadata: pairs(17) }, 'metadata', /16 pairs/],
    ['a long metadata value', { messages: hello, metadata: { a: 'x'.repeat(513) } }, 'metadata.a', /at most 512/],
    ['a tool name with a space', { messages: hello, tools: [fn('get it')] }, 'tools[0].function.name', /a-z A-Z 0-9/],
    ['a tool of an unknown type', { messages: hello, tools: [{ type: 'gadget' }] }, 'tools[0].type', /"gadget"/],
    [
      'a function tool without function',
      { messages: hello, tools: [{ type: 'function' }] },
      'tools[0].function',
      /required/,
    ],
    ['an unknown tool choice', { messages: hello, tool_choice: 'maybe' }, 'tool_choice', /"auto"/],
    [
      'two different efforts',
      { messages: hello, reasoning: { effort: 'low' }, reasoning_effort: 'high' },
      'reasoning_effort',
      /differs/,
    ],
    ['an unknown effort', { messages: hello, reasoning: { effort: 'huge' } }, 'reasoning.effort', /"huge".*"minimal"/],
    [
      'a schema name too long',
      { messages: hello, response_format: { type: 'json_schema', json_schema: { name: 'x'.repeat(65) } } },
      'response_format.json_schema.name',
      /at most 64/,
    ],
    ['a preset that is no slug', { messages: hello, preset: 4 }, 'preset', /got number; accepted: string/],
    ['an unknown sort', { messages: hello, provider: { sort: 'cheap' } }, 'provider.sort', /"price"/],
    ['a list of slugs that is none', { messages: hello, provider: { order: 'openai' } }, 'provider.order', /array/],
  ];
  test.each(refused)('%s', (_, body, field, message) => {
    const { field: actual, message: text } = refusal(body);
    expect(actual).toBe(field);
    expect(text).toMatch(message);
    expect(text.startsWith(`${field}: `)).toBe(true);
  });

  test('an error text never repeats a long value', () => {
    const { message } = refusal({ messages: hello, response_format: { type: 'secret'.repeat(50) } });
    expect(message.length).toBeLessThan(200);
    expect(message).not.toContain('secretsecret');
  });
});

function fn(name: string): Json {
  return { type: 'function', function: { name } };
}
function pairs(count: number): Json {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
}
