import { describe, expect, test } from 'bun:test';
import { ask, bytesOf, DIALECTS, read, readScript } from './naive-reader.ts';
import { simulate } from './simulate.ts';

const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3 }, unit: { enum: ['C', 'F'] } },
  required: ['city', 'days', 'unit'],
};
const WEATHER_CALL = { city: 'sim city', days: 3, unit: 'C' };

const tools = {
  'openai-chat': {
    tools: ['weather', 'time'].map((name) => ({ type: 'function', function: { name, parameters: WEATHER } })),
  },
  'anthropic-messages': { tools: ['weather', 'time'].map((name) => ({ name, input_schema: WEATHER })) },
  gemini: {
    tools: [{ functionDeclarations: ['weather', 'time'].map((name) => ({ name, parametersJsonSchema: WEATHER })) }],
  },
};

const STOPPED = { 'openai-chat': 'stop', 'anthropic-messages': 'end_turn', gemini: 'STOP' };
const TOO_LONG = { 'openai-chat': 'length', 'anthropic-messages': 'max_tokens', gemini: 'MAX_TOKENS' };

describe.each(DIALECTS)('%s', (dialect) => {
  test('sim/echo answers with the last user text, whole and streamed alike', () => {
    const whole = read(dialect, ask(dialect, 'sim/echo', 'Grüße, 世界! Two  words.'));
    expect(whole.text).toBe('Grüße, 世界! Two  words.');
    expect(whole.finish).toBe(STOPPED[dialect]);
    const streamed = read(dialect, ask(dialect, 'sim/echo', 'Grüße, 世界! Two  words.', { stream: true }));
    expect(streamed).toEqual({ ...whole, usage: expect.anything() });
    expect(streamed.ended).toBe(true);
  });

  test('whole and streamed agree on usage', () => {
    const whole = read(dialect, ask(dialect, 'sim/reasoner?cached=2', 'How many?'));
    const streamed = read(dialect, ask(dialect, 'sim/reasoner?cached=2', 'How many?', { stream: true }));
    expect(streamed.usage).toEqual(whole.usage);
  });

  test('the same request and seed give the same bytes; another seed gives other ids', () => {
    const request = ask(dialect, 'sim/tools', 'hi', { stream: true, extra: tools[dialect] });
    expect(simulate(request)).toEqual(simulate(structuredClone(request)));
    expect(bytesOf(simulate({ ...request, seed: 2 }))).not.toBe(bytesOf(simulate(request)));
  });

  test('max_tokens cuts the answer and says so', () => {
    const reading = read(dialect, ask(dialect, 'sim/echo', 'abcdefghijklmnopqrstuvwxyz', { maxTokens: 3 }));
    expect(reading.text).toBe('abcdefghijkl');
    expect(reading.finish).toBe(TOO_LONG[dialect]);
  });

  test('sim/tools calls the first tool with arguments of its schema, or several at once', () => {
    for (const stream of [false, true]) {
      const one = read(dialect, ask(dialect, 'sim/tools', 'hi', { stream, extra: tools[dialect] }));
      expect(one.calls.map((call) => [call.name, JSON.parse(call.arguments)])).toEqual([['weather', WEATHER_CALL]]);
      const two = read(dialect, ask(dialect, 'sim/tools?calls=2', 'hi', { stream, extra: tools[dialect] }));
      expect(two.calls.map((call) => [call.name, JSON.parse(call.arguments)])).toEqual([
        ['weather', WEATHER_CALL],
        ['time', WEATHER_CALL],
      ]);
    }
  });

  test('sim/reasoner reasons, then answers', () => {
    for (const stream of [false, true]) {
      const reading = read(dialect, ask(dialect, 'sim/reasoner', 'Why?', { stream }));
      expect(reading.reasoning).toContain('The user said: "Why?"');
      expect(reading.text).toBe('You said: Why?');
      if (dialect !== 'openai-chat') expect(reading.signature).toMatch(/^simsig-/);
    }
  });

  test('sim/json answers with an instance of the schema', () => {
    const extra = {
      'openai-chat': { response_format: { type: 'json_schema', json_schema: { name: 'w', schema: WEATHER } } },
      'anthropic-messages': { output_config: { format: { type: 'json_schema', schema: WEATHER } } },
      gemini: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: WEATHER } },
    }[dialect];
    expect(JSON.parse(read(dialect, ask(dialect, 'sim/json', 'go', { extra })).text)).toEqual(WEATHER_CALL);
  });

  test('sim/vision describes what it received', () => {
    const png = btoa('not really a png');
    const extra = {
      'openai-chat': {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
              { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${png}` } },
            ],
          },
        ],
      },
      'anthropic-messages': {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
              {
                type: 'document',
                title: 'a.pdf',
                source: { type: 'base64', media_type: 'application/pdf', data: png },
              },
            ],
          },
        ],
      },
      gemini: {
        contents: [
          {
            role: 'user',
            parts: [
              { inlineData: { mimeType: 'image/png', data: png } },
              { inlineData: { mimeType: 'application/pdf', data: png } },
            ],
          },
        ],
      },
    }[dialect];
    const { text } = read(dialect, ask(dialect, 'sim/vision', '', { extra }));
    expect(text).toContain('Received 2: image image/png, 16 bytes; file application/pdf, 16 bytes');
  });

  test('an unknown model and an unknown option are refused, naming what is known', () => {
    expect(simulate(ask(dialect, 'sim/nobody', 'hi')).status).toBe(404);
    expect(bytesOf(simulate(ask(dialect, 'sim/nobody', 'hi')))).toContain('sim/echo');
    const misspelt = simulate(ask(dialect, 'sim/echo?cutt=3', 'hi'));
    expect(misspelt.status).toBe(400);
    expect(bytesOf(misspelt)).toContain('first_byte_ms');
    expect(simulate(ask(dialect, 'sim/echo?cut=-1', 'hi')).status).toBe(400);
    expect(simulate(ask(dialect, 'sim/echo?status=200', 'hi')).status).toBe(400);
  });
});

test('openai-chat: a tool result is quoted, by the name of the tool that was called', () => {
  const messages = [
    { role: 'user', content: 'weather?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
  ];
  const extra = { ...tools['openai-chat'], messages };
  expect(read('openai-chat', ask('openai-chat', 'sim/tools', '', { extra })).text).toBe('weather answered: 21 degrees');
  const stray = { messages: [{ role: 'tool', tool_call_id: 'call_9', content: 'x' }] };
  expect(simulate(ask('openai-chat', 'sim/tools', '', { extra: stray })).status).toBe(400);
});

test('anthropic-messages: tool results must follow their calls at once', () => {
  const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] };
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '21 degrees' }] };
  const user = { role: 'user', content: 'weather?' };
  const good = { messages: [user, call, result] };
  expect(read('anthropic-messages', ask('anthropic-messages', 'sim/tools', '', { extra: good })).text).toBe(
    'weather answered: 21 degrees',
  );
  const late = { messages: [user, call, user, result] };
  expect(simulate(ask('anthropic-messages', 'sim/tools', '', { extra: late })).status).toBe(400);
});

test('anthropic-messages: max_tokens is required and empty text is refused', () => {
  expect(simulate(ask('anthropic-messages', 'sim/echo', 'hi', { extra: { max_tokens: undefined } })).status).toBe(400);
  expect(
    simulate(ask('anthropic-messages', 'sim/echo', 'hi', { extra: { system: [{ type: 'text', text: '' }] } })).status,
  ).toBe(400);
});

test('gemini: a function response is quoted and must be an object', () => {
  const turns = (response: unknown) => ({
    contents: [
      { role: 'user', parts: [{ text: 'weather?' }] },
      { role: 'model', parts: [{ functionCall: { name: 'weather', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'weather', response } }] },
    ],
  });
  expect(read('gemini', ask('gemini', 'sim/tools', '', { extra: turns({ result: '21 degrees' }) })).text).toBe(
    'weather answered: 21 degrees',
  );
  expect(simulate(ask('gemini', 'sim/tools', '', { extra: turns('21 degrees') })).status).toBe(400);
});

describe('reasoning on a second turn', () => {
  const first = read('anthropic-messages', ask('anthropic-messages', 'sim/reasoner', 'Why?'));
  const again = (thinking: unknown) =>
    read(
      'anthropic-messages',
      ask('anthropic-messages', 'sim/reasoner', '', {
        extra: {
          messages: [
            { role: 'user', content: 'Why?' },
            { role: 'assistant', content: [thinking, { type: 'text', text: first.text }] },
            { role: 'user', content: 'Sure?' },
          ],
        },
      }),
    ).text;

  test('anthropic-messages: block and signature as they were', () => {
    expect(again({ type: 'thinking', thinking: first.reasoning, signature: first.signature })).toContain(
      'came back unmodified',
    );
  });
  test('anthropic-messages: other text, other signature, nothing', () => {
    expect(again({ type: 'thinking', thinking: 'x', signature: first.signature })).toContain('came back modified');
    expect(again({ type: 'thinking', thinking: first.reasoning, signature: 'simsig-00' })).toContain(
      'came back modified',
    );
    expect(again({ type: 'text', text: 'no thought' })).toContain('did not come back');
  });

  test('gemini: the signature alone is enough', () => {
    const { signature, text } = read('gemini', ask('gemini', 'sim/reasoner', 'Why?', { stream: true }));
    const contents = [
      { role: 'user', parts: [{ text: 'Why?' }] },
      { role: 'model', parts: [{ text, thoughtSignature: signature }] },
      { role: 'user', parts: [{ text: 'Sure?' }] },
    ];
    expect(read('gemini', ask('gemini', 'sim/reasoner', '', { extra: { contents } })).text).toContain(
      'came back unmodified',
    );
  });

  test('openai-chat: reasoning_content proves itself', () => {
    const { reasoning } = read('openai-chat', ask('openai-chat', 'sim/reasoner', 'Why?'));
    const turn = (reasoning_content: string) => ({
      messages: [
        { role: 'user', content: 'Why?' },
        { role: 'assistant', content: 'So.', reasoning_content },
        { role: 'user', content: 'Sure?' },
      ],
    });
    const say = (content: string): string =>
      read('openai-chat', ask('openai-chat', 'sim/reasoner', '', { extra: turn(content) })).text;
    expect(say(reasoning)).toContain('came back unmodified');
    expect(say(reasoning.replace('Why', 'How'))).toContain('came back modified');
    expect(say('')).toContain('did not come back');
  });
});

test('usage is four bytes of UTF-8 a token', () => {
  const { usage } = read('openai-chat', ask('openai-chat', 'sim/echo', 'äöü')); // 6 bytes
  expect(usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 });
});

test('sim/lorem is as long as asked, by option, by text, by max_tokens', () => {
  const length = (model: string, text: string, maxTokens?: number): number =>
    read('openai-chat', ask('openai-chat', model, text, maxTokens === undefined ? {} : { maxTokens })).usage
      .completion_tokens;
  expect(length('sim/lorem?tokens=7', 'x')).toBe(7);
  expect(length('sim/lorem', 'write 50 words please')).toBe(50);
  expect(length('sim/lorem', 'x', 33)).toBe(33);
});

test('embeddings depend on the text alone, as numbers and as base64', () => {
  const embed = (input: unknown, more: Record<string, unknown> = {}) =>
    JSON.parse(
      bytesOf(
        simulate({
          path: '/v1/embeddings',
          body: JSON.parse(JSON.stringify({ model: 'sim/embed', input, ...more })),
          seed: 1,
        }),
      ),
    );
  const { data: list, usage } = embed(['same', 'other', 'same'], { dimensions: 5 });
  expect(list[0].embedding).toHaveLength(5);
  expect(list[0].embedding).toEqual(list[2].embedding);
  expect(list[0].embedding).not.toEqual(list[1].embedding);
  expect(usage.prompt_tokens).toBe(4);
  const packed = embed('same', { dimensions: 5, encoding_format: 'base64' }).data[0].embedding;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  expect([...new Float32Array(bytes.buffer)]).toEqual(list[0].embedding);
});

test('gemini without alt=sse streams one JSON array', () => {
  const request = ask('gemini', 'sim/echo', 'a b c', { stream: true });
  const script = simulate({ ...request, path: request.path.replace('?alt=sse', '') });
  expect(script.headers['content-type']).toBe('application/json');
  const replies = JSON.parse(bytesOf(script));
  expect(
    replies
      .map(
        (reply: { candidates: [{ content: { parts: [{ text: string }] } }] }) =>
          reply.candidates[0].content.parts[0].text,
      )
      .join(''),
  ).toBe('a b c');
});

test('a model name in the path need not be escaped', () => {
  const request = ask('gemini', 'sim/echo', 'hi');
  const script = simulate({ ...request, path: '/v1beta/models/sim/echo?finish=length:generateContent' });
  expect(readScript('gemini', script).finish).toBe('MAX_TOKENS');
});
