import { describe, expect, test } from 'bun:test';
import type { AssistantMessage, ChatRequest, Message, Part } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { unsayable } from './request.ts';
import { contextOf, encode, requestOf } from './test-kit.ts';

const gemini3 = contextOf('gemini-3-pro-preview', {
  reasoning: { mandatory: true, budget: false, efforts: ['low', 'high'] },
});
const budgetModel = contextOf('gemini-2.5-flash', {
  reasoning: { mandatory: false, budget: true },
  maxOutputTokens: 10_000,
});

const text = (value: string): Part => ({ type: 'text', text: value });
const user = (value: string): Message => ({ role: 'user', content: [text(value)] });
const system = (value: string): Message => ({ role: 'system', content: [text(value)] });
const assistant = (members: Partial<AssistantMessage>): Message => ({
  role: 'assistant',
  content: [],
  toolCalls: [],
  reasoningDetails: [],
  ...members,
});
const call = (id: string, name: string, args = '{}') => ({ id, name, arguments: args });
const result = (toolCallId: string, value: string): Message => ({ role: 'tool', toolCallId, content: [text(value)] });

describe('path', () => {
  const cases: readonly [model: string, stream: boolean, prefix: string | undefined, path: string][] = [
    ['gemini-2.5-flash', false, undefined, '/models/gemini-2.5-flash:generateContent'],
    ['models/gemini-2.5-flash', true, undefined, '/models/gemini-2.5-flash:streamGenerateContent?alt=sse'],
    ['../../evil?x', false, undefined, '/models/..%2F..%2Fevil%3Fx:generateContent'],
    ['gemini-2.5-pro', false, 'publishers/google/models/', '/publishers/google/models/gemini-2.5-pro:generateContent'],
  ];
  for (const [model, stream, prefix, path] of cases) {
    test(`${model}, ${stream ? 'streamed' : 'whole'} → ${path}`, () => {
      const quirks = prefix === undefined ? {} : { modelPathPrefix: prefix };
      expect(encode({ stream }, contextOf(model, {}, quirks)).path).toBe(path);
    });
  }
});

describe('messages', () => {
  test('instructions are joined in order; a late one is moved, with a note', () => {
    const { body, notes } = encode({
      messages: [system('A'), { role: 'developer', content: [text('B')] }, user('Hi'), system('C')],
    });
    expect(body['systemInstruction']).toEqual({ parts: [{ text: 'A' }, { text: 'B' }, { text: 'C' }] });
    expect(body['contents']).toEqual([{ role: 'user', parts: [{ text: 'Hi' }] }]);
    expect(notes).toEqual(['message.changed messages[3]']);
  });

  test('messages of one role in a row are one turn', () => {
    const { body, notes } = encode({ messages: [user('A'), user('B'), assistant({ content: [text('C')] })] });
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'A' }, { text: 'B' }] },
      { role: 'model', parts: [{ text: 'C' }] },
    ]);
    expect(notes).toEqual(['message.merged messages[1]']);
  });

  test('a conversation that starts with the assistant gets an opening turn', () => {
    const { body, notes } = encode({ messages: [assistant({ content: [text('Hello')] }), user('Hi')] });
    expect(rolesOf(body)).toEqual(['user', 'model', 'user']);
    expect(notes).toEqual(['message.changed messages']);
  });

  test('instructions alone become the user turn', () => {
    const { body } = encode({ messages: [system('Say hi')] });
    expect(body['systemInstruction']).toBeUndefined();
    expect(body['contents']).toEqual([{ role: 'user', parts: [{ text: 'Say hi' }] }]);
  });

  test('a message without content is left out with a note', () => {
    const { body, notes } = encode({ messages: [user(''), user('Hi')] });
    expect(body['contents']).toEqual([{ role: 'user', parts: [{ text: 'Hi' }] }]);
    expect(notes).toEqual(['part.dropped messages[0]']);
  });

  test('a name goes before the content', () => {
    const { body } = encode({ messages: [{ role: 'user', name: 'Ann', content: [text('Hi')] }] });
    expect(body['contents']).toEqual([{ role: 'user', parts: [{ text: 'Ann: Hi' }] }]);
  });

  test('a prefill is asked to be continued where the model refuses it', () => {
    const messages = [user('Hi'), assistant({ content: [text('{"a":')] })];
    expect(rolesOf(encode({ messages }).body)).toEqual(['user', 'model']);
    expect(rolesOf(encode({ messages }, contextOf('gemini-2.5-flash', { prefill: false })).body)).toEqual([
      'user',
      'model',
      'user',
    ]);
  });
});

describe('tool calls and results', () => {
  const twoCalls = assistant({ toolCalls: [call('a', 'weather', '{"city":"Rome"}'), call('b', 'time')] });

  test('results follow their calls in call order, then the user goes on in the same turn', () => {
    const { body, notes } = encode({
      messages: [user('?'), twoCalls, result('b', 'noon'), result('a', '{"sky":"blue"}'), user('Thanks')],
    });
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ text: '?' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a', name: 'weather', args: { city: 'Rome' } } },
          { functionCall: { id: 'b', name: 'time', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'weather', response: { sky: 'blue' } } },
          { functionResponse: { id: 'b', name: 'time', response: { output: 'noon' } } },
          { text: 'Thanks' },
        ],
      },
    ]);
    expect(notes).toEqual([]);
  });

  const wraps: readonly [said: string, response: Json][] = [
    ['sunny', { output: 'sunny' }],
    ['', { output: '' }],
    ['[1,2]', { output: '[1,2]' }],
    ['{"a":1}', { a: 1 }],
    ['{"output":1}', { output: '{"output":1}' }],
    ['{"id":12345678901234567890}', { output: '{"id":12345678901234567890}' }],
  ];
  for (const [said, response] of wraps) {
    test(`result ${JSON.stringify(said)} → ${JSON.stringify(response)}`, () => {
      const { body } = encode({ messages: [user('?'), assistant({ toolCalls: [call('a', 'f')] }), result('a', said)] });
      expect(partsOf(body, 2)).toEqual([{ functionResponse: { id: 'a', name: 'f', response } }]);
    });
  }

  test('an error result says so', () => {
    const failed: Message = { role: 'tool', toolCallId: 'a', content: [text('down')], isError: true };
    const { body } = encode({ messages: [user('?'), assistant({ toolCalls: [call('a', 'f')] }), failed] });
    expect(partsOf(body, 2)).toEqual([{ functionResponse: { id: 'a', name: 'f', response: { error: 'down' } } }]);
  });

  test('a call without a result gets an error result; a result without a call is said as text', () => {
    const { body, notes } = encode({
      messages: [user('?'), twoCalls, result('a', 'x'), result('zzz', 'lost'), user('?')],
    });
    expect(partsOf(body, 2)).toMatchObject([
      { functionResponse: { name: 'weather' } },
      { functionResponse: { name: 'time', response: { error: expect.any(String) } } },
      { text: 'Result of zzz: lost' },
      { text: '?' },
    ]);
    expect(notes).toEqual([
      'message.changed messages[1].tool_calls[1]',
      'message.changed messages[3].tool_call_id',
      'message.merged messages[4]',
    ]);
  });

  test('a result that stands before a call of its id is not that call’s', () => {
    const { body } = encode({
      messages: [user('?'), result('a', 'early'), assistant({ toolCalls: [call('a', 'f')] }), result('a', 'x')],
    });
    expect(partsOf(body, 0)).toEqual([{ text: '?' }, { text: 'Result of a: early' }]);
    expect(partsOf(body, 2)).toEqual([{ functionResponse: { id: 'a', name: 'f', response: { output: 'x' } } }]);
  });

  test('a result that stands later is moved to its call', () => {
    const { body, notes } = encode({
      messages: [user('?'), assistant({ toolCalls: [call('a', 'f')] }), user('wait'), result('a', 'x')],
    });
    expect(partsOf(body, 2)).toMatchObject([{ functionResponse: { name: 'f' } }, { text: 'wait' }]);
    expect(notes).toEqual(['message.changed messages[3]']);
  });

  test('arguments that are no object are kept as text', () => {
    const { body, notes } = encode({ messages: [user('?'), assistant({ toolCalls: [call('a', 'f', '{"x":')] })] });
    expect(partsOf(body, 1)).toEqual([{ functionCall: { id: 'a', name: 'f', args: { _raw: '{"x":' } } }]);
    expect(notes).toEqual(['tool.changed messages[1].tool_calls[0].function.arguments']);
  });

  test('an image in a result stands inside it on Gemini 3, beside it before', () => {
    const image: Part = { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'iVBO' } };
    const messages: Message[] = [
      user('?'),
      assistant({ toolCalls: [call('a', 'f')] }),
      { role: 'tool', toolCallId: 'a', content: [text('seen'), image] },
    ];
    const inlineData = { mimeType: 'image/png', data: 'iVBO' };
    expect(partsOf(encode({ messages }, gemini3).body, 2)).toEqual([
      { functionResponse: { id: 'a', name: 'f', response: { output: 'seen' }, parts: [{ inlineData }] } },
    ]);
    expect(partsOf(encode({ messages }).body, 2)).toEqual([
      { functionResponse: { id: 'a', name: 'f', response: { output: 'seen' } } },
      { inlineData },
    ]);
  });

  test('ids are left out where the host refuses them', () => {
    const context = contextOf('gemini-2.5-flash', {}, { rejects: ['functionCall.id'] });
    const { body } = encode({ messages: [user('?'), assistant({ toolCalls: [call('a', 'f')] })] }, context);
    expect(partsOf(body, 1)).toEqual([{ functionCall: { name: 'f', args: {} } }]);
  });
});

describe('thoughts and signatures', () => {
  const format = 'google-gemini-v1';
  const signed = assistant({
    content: [text('Let me look.')],
    toolCalls: [call('a', 'f'), call('b', 'g')],
    reasoningDetails: [
      { type: 'reasoning.text', text: 'Hmm', format, index: 0 },
      { type: 'reasoning.encrypted', data: 'SIG-CALL', id: 'a', format, index: 1 },
      { type: 'reasoning.encrypted', data: 'SIG-TEXT', id: null, format, index: 2 },
    ],
  });

  test('go back on the parts they came from', () => {
    const { body, notes } = encode({ messages: [user('?'), signed] }, gemini3);
    expect(partsOf(body, 1)).toEqual([
      { text: 'Hmm', thought: true },
      { text: 'Let me look.', thoughtSignature: 'SIG-TEXT' },
      { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'SIG-CALL' },
      { functionCall: { id: 'b', name: 'g', args: {} } },
    ]);
    expect(notes).toEqual([]);
  });

  test("another model's call gets the documented stand-in on Gemini 3 only, its reasoning is not replayed", () => {
    const foreign = assistant({
      toolCalls: [call('a', 'f'), call('b', 'g')],
      reasoningDetails: [
        { type: 'reasoning.text', text: 'Hmm', signature: 'x', format: 'anthropic-claude-v1', index: 0 },
      ],
    });
    const { body, notes } = encode({ messages: [user('?'), foreign] }, gemini3);
    expect(partsOf(body, 1)).toMatchObject([
      { functionCall: { name: 'f' }, thoughtSignature: 'skip_thought_signature_validator' },
      { functionCall: { name: 'g' } },
    ]);
    expect(partsOf(body, 1)[1]).not.toHaveProperty('thoughtSignature');
    expect(notes).toEqual([
      'reasoning.dropped messages[1].reasoning_details',
      'reasoning.dropped messages[1].tool_calls',
    ]);
    const older = encode({ messages: [user('?'), foreign] });
    expect(partsOf(older.body, 1)[0]).not.toHaveProperty('thoughtSignature');
  });

  test('a signature without a part of its own rides on an empty text, as Gemini sends it', () => {
    const alone = assistant({ reasoningDetails: [{ type: 'reasoning.encrypted', data: 'S', id: null, format }] });
    expect(partsOf(encode({ messages: [user('?'), alone] }, gemini3).body, 1)).toEqual([
      { text: '', thoughtSignature: 'S' },
    ]);
  });

  test('a signature whose part is gone is noted', () => {
    const lost = assistant({
      content: [text('x')],
      reasoningDetails: [{ type: 'reasoning.encrypted', data: 'S', id: 'nowhere', format }],
    });
    expect(encode({ messages: [user('?'), lost] }, gemini3).notes).toEqual([
      'reasoning.dropped messages[1].reasoning_details',
    ]);
  });
});

describe('media', () => {
  const inline = (mimeType: string) => ({ inlineData: { mimeType, data: 'AAAA' } });
  const data = (mediaType: string) => ({ kind: 'data' as const, mediaType, base64: 'AAAA' });
  const url = (value: string) => ({ kind: 'url' as const, url: value });
  const file = (fileUri: string, mimeType: string) => ({ fileData: { fileUri, mimeType } });
  const cases: readonly [part: Part, wire: JsonObject, notes: readonly string[]][] = [
    [{ type: 'image', source: data('image/webp') }, inline('image/webp'), []],
    [
      { type: 'image', source: url('https://x.io/a.png?w=1') },
      file('https://x.io/a.png?w=1', 'image/png'),
      ['part.converted'],
    ],
    [{ type: 'image', source: url('gs://b/a') }, file('gs://b/a', 'image/jpeg'), []],
    [{ type: 'file', source: data('application/pdf') }, inline('application/pdf'), []],
    [{ type: 'file', source: data('application/json') }, inline('text/plain'), ['part.converted']],
    [{ type: 'file', source: data('text/markdown') }, inline('text/plain'), ['part.converted']],
    [{ type: 'file', source: data('text/csv') }, inline('text/csv'), []],
    [{ type: 'audio', base64: 'AAAA', format: 'mp3' }, inline('audio/mp3'), []],
    [{ type: 'audio', base64: 'AAAA', format: 'constructor' }, inline('audio/constructor'), []],
    [{ type: 'video', source: data('video/webm') }, inline('video/webm'), []],
    [{ type: 'video', source: url('https://youtu.be/abc') }, file('https://youtu.be/abc', 'video/mp4'), []],
  ];
  for (const [part, wire, codes] of cases) {
    test(`${part.type} → ${JSON.stringify(wire)}`, () => {
      const { body, notes } = encode({ messages: [{ role: 'user', content: [part] }] });
      expect(partsOf(body, 0)).toEqual([wire]);
      expect(notes.map((note) => note.split(' ')[0])).toEqual([...codes]);
    });
  }

  test('what cannot be said is named', () => {
    const context = contextOf();
    const asking = (part: Part): ChatRequest => requestOf({ messages: [{ role: 'user', content: [part] }] });
    expect(unsayable(asking({ type: 'file', source: { kind: 'id', id: 'file-1' } }), context)).toHaveLength(1);
    expect(unsayable(asking({ type: 'file', source: data('application/msword') }), context)).toEqual([
      'a file of type application/msword',
    ]);
    expect(unsayable(asking({ type: 'file', source: data('application/pdf') }), context)).toEqual([]);
  });
});

describe('tools', () => {
  const schema = {
    $schema: 'x',
    type: 'object',
    properties: { a: { $ref: '#/$defs/A' } },
    $defs: { A: { type: 'string' } },
  };
  const tool = { name: 'f', description: 'F', parameters: schema };

  test('keep their schema, without the name of its draft', () => {
    const { $schema: _, ...rest } = schema;
    expect(encode({ tools: [tool, { name: 'g', parameters: {} }] }).body['tools']).toEqual([
      { functionDeclarations: [{ name: 'f', description: 'F', parametersJsonSchema: rest }, { name: 'g' }] },
    ]);
  });

  const choices: readonly [label: string, members: Partial<ChatRequest>, config: Json | undefined][] = [
    ['auto', { toolChoice: { type: 'auto' } }, undefined],
    ['none', { toolChoice: { type: 'none' } }, { mode: 'NONE' }],
    ['required', { toolChoice: { type: 'required' } }, { mode: 'ANY' }],
    ['one', { toolChoice: { type: 'tool', name: 'f' } }, { mode: 'ANY', allowedFunctionNames: ['f'] }],
    [
      'some or none',
      { toolChoice: { type: 'allowed', mode: 'auto', names: ['f'] } },
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    ],
    ['strict', { tools: [{ ...tool, strict: true }] }, { mode: 'VALIDATED' }],
  ];
  for (const [label, members, config] of choices) {
    test(`choice ${label} → ${JSON.stringify(config)}`, () => {
      const { body } = encode({ tools: [tool], ...members });
      expect(body['toolConfig']).toEqual(config === undefined ? undefined : { functionCallingConfig: config });
    });
  }

  test('a choice without tools is noted', () => {
    expect(encode({ toolChoice: { type: 'required' } }).notes).toEqual(['parameter.dropped tool_choice']);
  });

  test('JSON output with tools is asked for in words before Gemini 3', () => {
    const responseFormat = { type: 'json_schema', name: 'r', schema: { type: 'object' } } as const;
    const older = encode({ tools: [tool], responseFormat });
    expect(older.body['generationConfig']).toBeUndefined();
    expect(JSON.stringify(older.body['systemInstruction'])).toContain('JSON Schema');
    expect(older.notes).toEqual(['parameter.changed response_format']);
    expect(encode({ tools: [tool], responseFormat }, gemini3).body['generationConfig']).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
    });
  });
});

describe('generationConfig', () => {
  const cases: readonly [
    label: string,
    members: Partial<ChatRequest>,
    config: Json | undefined,
    notes: readonly string[],
  ][] = [
    [
      'sampling',
      { sampling: { temperature: 1, topP: 0.5, topK: 4, n: 2 } },
      { temperature: 1, topP: 0.5, topK: 4, candidateCount: 2 },
      [],
    ],
    ['temperature too high', { sampling: { temperature: 3 } }, { temperature: 2 }, ['parameter.changed temperature']],
    ['no limit on top_k', { sampling: { topK: 0 } }, undefined, []],
    [
      'six stops',
      { sampling: { stop: ['1', '2', '3', '4', '5', '6'] } },
      { stopSequences: ['1', '2', '3', '4', '5'] },
      ['parameter.changed stop'],
    ],
    ['64-bit seed', { sampling: { seed: 2 ** 31 } }, { seed: 1 }, ['parameter.changed seed']],
    ['logprobs', { sampling: { logprobs: true, topLogprobs: 3 } }, { responseLogprobs: true, logprobs: 3 }, []],
    [
      'unknown to Gemini',
      { sampling: { minP: 0.1, logitBias: { 1: 2 } } },
      undefined,
      ['parameter.dropped min_p', 'parameter.dropped logit_bias'],
    ],
    ['JSON', { responseFormat: { type: 'json_object' } }, { responseMimeType: 'application/json' }, []],
    [
      'schema with a description',
      {
        responseFormat: { type: 'json_schema', name: 'r', description: 'D', schema: { $schema: 'x', type: 'object' } },
      },
      { responseMimeType: 'application/json', responseJsonSchema: { description: 'D', type: 'object' } },
      [],
    ],
    ['grammar', { responseFormat: { type: 'other', value: {} } }, undefined, ['parameter.dropped response_format']],
    ['text only', { modalities: ['text'] }, undefined, []],
    [
      'images',
      { modalities: ['image', 'text'], options: { image_config: { aspect_ratio: '1:1', seed: 3 } } },
      { responseModalities: ['IMAGE', 'TEXT'], imageConfig: { aspectRatio: '1:1' } },
      ['parameter.dropped image_config.seed'],
    ],
    [
      'speech',
      { modalities: ['audio'], options: { audio: { voice: 'Kore' } } },
      { responseModalities: ['AUDIO'], speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } } },
      [],
    ],
  ];
  for (const [label, members, config, notes] of cases) {
    test(label, () => {
      const encoded = encode(members);
      expect(encoded.body['generationConfig']).toEqual(config);
      expect(encoded.notes).toEqual([...notes]);
    });
  }

  test('the output limit is lowered to what the model gives', () => {
    const encoded = encode({ maxOutputTokens: 20_000 }, budgetModel);
    expect(encoded.body['generationConfig']).toEqual({ maxOutputTokens: 10_000 });
    expect(encoded.notes).toEqual(['parameter.changed max_tokens']);
  });
});

describe('reasoning', () => {
  const on = { enabled: true, exclude: false } as const;
  const off = { enabled: false, exclude: false } as const;
  const pro = contextOf('gemini-2.5-pro', { reasoning: { mandatory: true, budget: true } });
  const cases: readonly [
    label: string,
    context: typeof gemini3,
    members: Partial<ChatRequest>,
    config: Json | undefined,
    noted: boolean,
  ][] = [
    [
      'budget as asked',
      budgetModel,
      { reasoning: { ...on, maxTokens: 2000 } },
      { includeThoughts: true, thinkingBudget: 2000 },
      false,
    ],
    [
      'budget too high',
      budgetModel,
      { reasoning: { ...on, maxTokens: 99_999 } },
      { includeThoughts: true, thinkingBudget: 24_576 },
      true,
    ],
    [
      'effort as a share of the limit',
      budgetModel,
      { reasoning: { ...on, effort: 'high' } },
      { includeThoughts: true, thinkingBudget: 8000 },
      false,
    ],
    [
      'excluded',
      budgetModel,
      { reasoning: { ...on, exclude: true, byDefault: true } },
      { includeThoughts: false },
      false,
    ],
    ['off', budgetModel, { reasoning: off }, { thinkingBudget: 0 }, false],
    ['off where it is mandatory', pro, { reasoning: off }, { thinkingBudget: 128 }, true],
    [
      'level as asked',
      gemini3,
      { reasoning: { ...on, effort: 'low' } },
      { includeThoughts: true, thinkingLevel: 'LOW' },
      false,
    ],
    [
      'level by the name of a model that nobody described',
      contextOf('gemini-3-pro-preview', { reasoning: { mandatory: false, budget: true, assumed: true } }),
      { reasoning: { ...on, effort: 'low' } },
      { includeThoughts: true, thinkingLevel: 'LOW' },
      false,
    ],
    [
      'nearest level',
      gemini3,
      { reasoning: { ...on, effort: 'xhigh' } },
      { includeThoughts: true, thinkingLevel: 'HIGH' },
      true,
    ],
    [
      'level for a budget',
      gemini3,
      { maxOutputTokens: 1000, reasoning: { ...on, maxTokens: 200 } },
      { includeThoughts: true, thinkingLevel: 'LOW' },
      true,
    ],
    ['off on levels', gemini3, { reasoning: off }, { thinkingLevel: 'LOW' }, true],
    [
      'a model that does not reason',
      contextOf('gemma-3-27b-it'),
      { reasoning: { ...on, effort: 'low' } },
      undefined,
      true,
    ],
    ['nothing asked', gemini3, {}, undefined, false],
  ];
  for (const [label, context, members, config, noted] of cases) {
    test(label, () => {
      const { body, notes } = encode(members, context);
      expect(objectOf(body['generationConfig'])['thinkingConfig']).toEqual(config);
      expect(notes.length > 0).toBe(noted);
    });
  }
});

describe('the rest', () => {
  test('what Gemini has no word for is noted, cache marks once', () => {
    const marked: Part = { type: 'text', text: 'Hi', cacheControl: {} };
    const { body, notes } = encode({
      messages: [{ role: 'user', content: [marked, marked] }],
      user: 'u',
      metadata: { a: 'b' },
      verbosity: 'low',
      parallelToolCalls: false,
      serviceTier: 'flex',
      options: { prediction: {} },
      extras: { whatever: 1 },
    });
    expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hi' }, { text: 'Hi' }] }] });
    expect(notes).toEqual(
      [
        'parallel_tool_calls',
        'service_tier',
        'user',
        'metadata',
        'verbosity',
        'cache_control',
        'prediction',
        'whatever',
      ].map((field) => `parameter.dropped ${field}`),
    );
  });

  test('web search becomes Google Search, unless there are function tools', () => {
    const options = { web_search_options: {} };
    expect(encode({ options }).body['tools']).toEqual([{ googleSearch: {} }]);
    expect(encode({ options, tools: [{ name: 'f' }] }).notes).toEqual(['parameter.dropped web_search_options']);
  });

  test('fields the host refuses are left out with a note', () => {
    const context = contextOf('gemini-2.5-flash', {}, { rejects: ['seed', 'toolConfig'] });
    const tools = [{ name: 'f' }];
    const { body, notes } = encode(
      { sampling: { seed: 1, temperature: 0 }, tools, toolChoice: { type: 'required' } },
      context,
    );
    expect(body['generationConfig']).toEqual({ temperature: 0 });
    expect(body).not.toHaveProperty('toolConfig');
    expect(notes).toEqual(['parameter.dropped toolConfig', 'parameter.dropped generationConfig.seed']);
  });
});

describe('the service tier', () => {
  test.each(['priority', 'flex'] as const)('an endpoint of tier %s asks for it, whatever the caller said', (tier) => {
    const context = { ...contextOf(), serviceTier: tier };
    for (const asked of [undefined, 'default', 'priority', 'flex']) {
      const { body, headers, notes } = encode({ ...(asked && { serviceTier: asked }) }, context);
      expect(body['serviceTier']).toBe(tier);
      expect(headers).toEqual({});
      expect(notes).toEqual([]);
    }
  });

  test('a host that ignores the field is asked in its header', () => {
    const context = { ...contextOf('gemini-2.5-flash', {}, { tierHeader: 'x-tier' }), serviceTier: 'flex' as const };
    const { body, headers } = encode({}, context);
    expect(headers).toEqual({ 'x-tier': 'flex' });
    expect(body).not.toHaveProperty('serviceTier');
  });

  test('any other endpoint is asked for none', () => {
    for (const asked of ['priority', 'fast', 'flex', 'ultrafast', 'scale']) {
      const { body, notes } = encode({ serviceTier: asked });
      expect(body).not.toHaveProperty('serviceTier');
      expect(notes).toEqual(['parameter.dropped service_tier']);
    }
    for (const asked of ['auto', 'default', 'standard']) {
      const { body, notes } = encode({ serviceTier: asked });
      expect(body).not.toHaveProperty('serviceTier');
      expect(notes).toEqual([]);
    }
  });
});

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function contentsOf(body: JsonObject): readonly Json[] {
  return Array.isArray(body['contents']) ? body['contents'] : [];
}

function rolesOf(body: JsonObject): (Json | undefined)[] {
  return contentsOf(body).map((content) => objectOf(content)['role']);
}

function partsOf(body: JsonObject, at: number): readonly Json[] {
  const { parts } = objectOf(contentsOf(body)[at]);
  return Array.isArray(parts) ? parts : [];
}
