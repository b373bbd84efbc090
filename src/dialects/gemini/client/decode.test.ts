import { describe, expect, test } from 'bun:test';
import type { AssistantMessage, Message, ReasoningDetail, ReasoningRequest, ToolChoice } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { decoded } from './test-kit.ts';

const messagesOf = (contents: readonly JsonObject[]): readonly Message[] => decoded({ contents }).value.messages;

function turnsOf(parts: readonly JsonObject[]): readonly AssistantMessage[] {
  return messagesOf([{ role: 'model', parts }]).flatMap((message) => (message.role === 'assistant' ? [message] : []));
}

const call = (name: string, more: JsonObject = {}): JsonObject => ({ functionCall: { name, args: { a: 1 }, ...more } });
const response = (name: string, said: JsonObject, more: JsonObject = {}): JsonObject => ({
  functionResponse: { name, response: said, ...more },
});

describe('what the user says', () => {
  test('text and media of every kind', () => {
    const [system, user] = decoded({
      systemInstruction: { role: 'system', parts: [{ text: 'Be' }, { text: 'brief.' }] },
      contents: [
        {
          parts: [
            { text: 'See', thought: false },
            { inlineData: { mimeType: 'image/png', data: 'a-b_' } },
            { inlineData: { mimeType: 'audio/x-wav', data: 'AA' } },
            { inlineData: { mimeType: 'video/mp4', data: 'AA' } },
            { inlineData: { mimeType: 'application/pdf', data: 'AA', displayName: 'a.pdf' } },
            { fileData: { mimeType: 'image/webp', fileUri: 'gs://b/i' } },
            { fileData: { fileUri: 'https://www.youtube.com/watch?v=x' } },
            { fileData: { mimeType: 'audio/mp3', fileUri: 'gs://b/a' } },
            { text: '' },
          ],
        },
      ],
    }).value.messages;
    expect(system).toEqual({
      role: 'system',
      content: [
        { type: 'text', text: 'Be' },
        { type: 'text', text: 'brief.' },
      ],
    });
    expect(user).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'See' },
        { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'a+b/' } },
        { type: 'audio', base64: 'AA', format: 'wav' },
        { type: 'video', source: { kind: 'data', mediaType: 'video/mp4', base64: 'AA' } },
        { type: 'file', source: { kind: 'data', mediaType: 'application/pdf', base64: 'AA' }, filename: 'a.pdf' },
        { type: 'image', source: { kind: 'url', url: 'gs://b/i', mediaType: 'image/webp' } },
        { type: 'video', source: { kind: 'url', url: 'https://www.youtube.com/watch?v=x' } },
        { type: 'file', source: { kind: 'url', url: 'gs://b/a', mediaType: 'audio/mp3' } },
      ],
    });
  });

  test('what only Google’s models read is noted', () => {
    const { notes } = decoded({
      contents: [
        { parts: [{ text: 'x' }, { fileData: { fileUri: 'gs://v' }, videoMetadata: { fps: 2 } }, { future: {} }] },
      ],
    });
    expect(notes).toEqual([
      'parameter.dropped contents[0].parts[1].videoMetadata',
      'part.dropped contents[0].parts[2]',
    ]);
  });

  test('a call in the user’s turn is refused', () => {
    expect(() => messagesOf([{ parts: [call('f')] }])).toThrow('contents[0].parts[0].functionCall');
  });
});

describe('calls and results', () => {
  test('without ids they find each other by name and order, and the ids are the same on every turn', () => {
    const contents = [
      { parts: [{ text: 'go' }] },
      { role: 'model', parts: [call('f'), call('g'), call('f')] },
      {
        role: 'function',
        parts: [response('g', { output: '1' }), response('f', { output: '2' }), response('f', { output: '3' })],
      },
    ];
    const idsOf = (messages: readonly Message[]) =>
      messages.map((message) => {
        if (message.role === 'assistant') return message.toolCalls.map(({ id }) => id);
        return message.role === 'tool' ? message.toolCallId : '';
      });
    const ids = ['', ['call_0_f', 'call_1_g', 'call_2_f'], 'call_1_g', 'call_0_f', 'call_2_f'];
    expect(idsOf(messagesOf(contents))).toEqual(ids);
    expect(idsOf(messagesOf([...contents, { role: 'model', parts: [call('f')] }]))).toEqual([...ids, ['call_3_f']]);
  });

  test('ids that are given stay; a result with an id of its own finds its call by name', () => {
    const messages = messagesOf([
      { role: 'model', parts: [call('f', { id: 'one' }), call('f', { id: 'two' })] },
      {
        parts: [
          response('f', {}, { id: 'two' }),
          response('f', {}, { id: 'unknown' }),
          response('z', {}, { id: 'nobody' }),
        ],
      },
    ]);
    expect(messages.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : []))).toEqual([
      'two',
      'one',
      'nobody',
    ]);
  });

  test.each<readonly [JsonObject, readonly string[], boolean]>([
    [{ output: 'text' }, ['text'], false],
    [{ output: ['a', 'b'] }, ['a', 'b'], false],
    [{ error: 'no' }, ['no'], true],
    [{ error: { code: 1 } }, ['{"code":1}'], true],
    [{ result: 'x' }, ['{"result":"x"}'], false],
    [{ output: 'x', exit: 0 }, ['{"output":"x","exit":0}'], false],
    // As the AI SDK writes it; `f` is the function's name.
    [{ name: 'f', content: 'x' }, ['x'], false],
    [{ name: 'f', content: { a: 1 } }, ['{"a":1}'], false],
    [{ name: 'f', error: 'no' }, ['no'], true],
    [{ name: 'g', content: 'x' }, ['{"name":"g","content":"x"}'], false],
    [{ name: 'f', content: 'x', more: 1 }, ['{"name":"f","content":"x","more":1}'], false],
    [{ content: 'x' }, ['{"content":"x"}'], false],
    [{}, [], false],
  ])('a response of %j', (said, texts, isError) => {
    const [, message] = messagesOf([{ role: 'model', parts: [call('f')] }, { parts: [response('f', said)] }]);
    if (message?.role !== 'tool') throw new Error('a result is due');
    expect(message.content.map((part) => (part.type === 'text' ? part.text : part.type))).toEqual([...texts]);
    expect(message.isError === true).toBe(isError);
    expect(message.name).toBe('f');
  });

  test('images inside a result; words beside results follow them', () => {
    const image = { inlineData: { mimeType: 'image/png', data: 'AA' } };
    const { value, notes } = decoded({
      contents: [
        { role: 'model', parts: [call('f')] },
        { parts: [{ text: 'here' }, response('f', { output: 'see' }, { parts: [image] })] },
      ],
    });
    expect(value.messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'user']);
    expect(value.messages[1]?.content.map(({ type }) => type)).toEqual(['text', 'image']);
    expect(notes).toEqual(['message.changed contents[1].parts[1]']);
  });

  test('arguments that were wrapped on their way out come back as they were written', () => {
    const argumentsOf = (args: JsonObject) =>
      turnsOf([{ functionCall: { name: 'f', args } }])[0]?.toolCalls[0]?.arguments;
    expect(argumentsOf({ _raw: '{"half' })).toBe('{"half');
    expect(argumentsOf({ _raw: '{"a":1}' })).toBe('{"_raw":"{\\"a\\":1}"}');
    expect(argumentsOf({})).toBe('{}');
  });
});

describe('a turn of the model', () => {
  const own = (data: string, id: string | null, index: number): ReasoningDetail => ({
    type: 'reasoning.encrypted',
    data,
    id,
    format: 'google-gemini-v1',
    index,
  });

  test('thoughts, texts and calls with Google’s signatures are one message', () => {
    expect(
      turnsOf([
        { text: 'hmm', thought: true, thoughtSignature: 'sT' },
        { text: 'I will', thoughtSignature: 'sX' },
        call('f', { id: 'c1' }),
        { ...call('g', { id: 'c2' }), thoughtSignature: 'sC' },
        { text: '' },
      ]),
    ).toEqual([
      {
        role: 'assistant',
        reasoning: 'hmm',
        reasoningDetails: [
          { type: 'reasoning.text', text: 'hmm', signature: 'sT', format: 'google-gemini-v1', index: 0 },
          own('sX', null, 1),
          own('sC', 'c2', 2),
        ],
        content: [{ type: 'text', text: 'I will' }],
        toolCalls: [
          { id: 'c1', name: 'f', arguments: '{"a":1}' },
          { id: 'c2', name: 'g', arguments: '{"a":1}' },
        ],
      },
    ]);
  });

  test('the pieces that a text was streamed in are one text, blank ones too; a signed piece stays its own', () => {
    const text = (...said: string[]) => said.map((each) => ({ text: each }));
    const [turn] = turnsOf([...text('(10 + 5) × 3', ' ', '= 45', '.'), { text: '!', thoughtSignature: 's' }]);
    expect(turn?.content).toEqual([
      { type: 'text', text: '(10 + 5) × 3 = 45.' },
      { type: 'text', text: '!' },
    ]);
  });

  test('a turn kept as the contents that it was streamed in is one turn: what was thought stands before what was said', () => {
    const claude: ReasoningDetail = {
      type: 'reasoning.text',
      text: 'hm',
      signature: 's',
      format: 'anthropic-claude-v1',
    };
    const model = (...parts: JsonObject[]) => ({ role: 'model', parts });
    const { value } = decoded({
      contents: [
        model({ text: 'h', thought: true }),
        model({ text: 'm', thought: true }),
        model({ text: 'one' }),
        model({ text: ' ' }, { text: 'two' }),
        model({ text: '', thoughtSignature: sealReasoning([claude]) }),
        { role: 'user', parts: [{ text: 'more' }] },
        model({ text: 'three' }),
      ],
    });
    expect(value.messages).toMatchObject([
      { role: 'assistant', reasoningDetails: [claude], content: [{ text: 'one two' }] },
      { role: 'user' },
      { role: 'assistant', content: [{ text: 'three' }] },
    ]);
  });

  test('another order is several messages in a row', () => {
    const turns = turnsOf([call('f'), { text: 'after' }, { text: 'more', thought: true }, { text: 'end' }]);
    expect(turns.map(({ toolCalls, content, reasoning }) => [toolCalls.length, content.length, reasoning])).toEqual([
      [1, 0, undefined],
      [0, 1, undefined],
      [0, 1, 'more'],
    ]);
  });

  test('two signed texts are two messages, as a signature belongs to the text that carries it', () => {
    const turns = turnsOf([
      { text: 'a', thoughtSignature: 's1' },
      { text: 'b', thoughtSignature: 's2' },
    ]);
    expect(turns.map(({ content, reasoningDetails }) => [content.length, reasoningDetails])).toEqual([
      [1, [own('s1', null, 0)]],
      [1, [own('s2', null, 0)]],
    ]);
  });

  test('images are signed by their place; the stand-in signs nothing; signatures without words are kept', () => {
    const image = { inlineData: { mimeType: 'image/png', data: 'AA' } };
    const [turn] = turnsOf([
      image,
      { ...image, thoughtSignature: 's1' },
      { ...call('f'), thoughtSignature: 'skip_thought_signature_validator' },
    ]);
    expect(turn?.reasoningDetails).toEqual([own('s1', 'image_1', 0)]);
    expect(turnsOf([{ thought: true, thoughtSignature: 's' }])[0]?.reasoningDetails).toEqual([
      { type: 'reasoning.text', text: '', signature: 's', format: 'google-gemini-v1', index: 0 },
    ]);
    expect(turnsOf([{ text: '', thoughtSignature: 's' }])[0]?.reasoningDetails).toEqual([own('s', null, 0)]);
  });

  describe('sealed reasoning of another grammar', () => {
    const claude: ReasoningDetail = {
      type: 'reasoning.text',
      text: 'deep',
      signature: 'sig',
      format: 'anthropic-claude-v1',
    };
    const later: ReasoningDetail = { ...claude, text: 'deeper', signature: 'sig2' };
    const seal = sealReasoning([claude]);

    test('stands for the readable thoughts that repeat it', () => {
      const [turn] = turnsOf([
        { text: 'deep', thought: true },
        { text: 'answer' },
        { text: '', thoughtSignature: seal },
      ]);
      expect(turn).toMatchObject({ reasoning: 'deep', reasoningDetails: [claude], content: [{ text: 'answer' }] });
    });

    test('comes back where the client drops the readable thoughts', () => {
      const [turn] = turnsOf([{ text: 'answer' }, { ...call('f'), thoughtSignature: seal }]);
      expect(turn?.reasoningDetails).toEqual([claude]);
      expect(turn?.toolCalls).toHaveLength(1);
    });

    test('keeps its place between texts and between calls', () => {
      const texts = turnsOf([
        { text: 'one', thoughtSignature: seal },
        { text: 'two', thoughtSignature: sealReasoning([later]) },
      ]);
      expect(texts.map(({ reasoningDetails }) => reasoningDetails)).toEqual([[claude], [later]]);
      const mixed = turnsOf([
        { text: 'one', thoughtSignature: seal },
        { ...call('f'), thoughtSignature: sealReasoning([later]) },
      ]);
      expect(mixed.map(({ reasoningDetails, content }) => [reasoningDetails, content.length])).toEqual([
        [[claude], 1],
        [[later], 0],
      ]);
      const calls = turnsOf([
        { ...call('f'), thoughtSignature: seal },
        { ...call('g'), thoughtSignature: sealReasoning([later]) },
      ]);
      expect(calls.map(({ reasoningDetails, toolCalls }) => [reasoningDetails, toolCalls.length])).toEqual([
        [[claude], 1],
        [[later], 1],
      ]);
    });

    test('is nothing where it was cut', () => {
      expect(turnsOf([{ text: 'x', thoughtSignature: seal.slice(0, -20) }])[0]?.reasoningDetails).toEqual([]);
    });
  });

  test('code that ran at Google is said as text, its own tools are noted', () => {
    const { value, notes } = decoded({
      contents: [
        {
          role: 'model',
          parts: [
            { executableCode: { language: 'PYTHON', code: 'print(1)' } },
            { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
            { toolCall: { toolType: 'GOOGLE_SEARCH' }, thoughtSignature: 's' },
          ],
        },
      ],
    });
    expect(value.messages[0]?.content).toMatchObject([{ text: '\n```python\nprint(1)\n```\n\n```\n1\n```\n' }]);
    expect(notes).toEqual([
      'part.converted contents[0].parts[0]',
      'part.converted contents[0].parts[1]',
      'part.dropped contents[0].parts[2]',
    ]);
  });
});

describe('configuration', () => {
  test('everything that the core says', () => {
    const { value } = decoded({
      stream: true,
      user: 'u',
      serviceTier: 'priority',
      tools: [
        { functionDeclarations: [{ name: 'f', description: 'D', parameters: { type: 'OBJECT' } }, { name: 'g' }] },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: {
        temperature: 0.1,
        topP: 0.2,
        topK: 3,
        frequencyPenalty: 0.4,
        presencePenalty: 0.5,
        seed: 6,
        stopSequences: ['x'],
        candidateCount: 2,
        maxOutputTokens: 7,
        responseLogprobs: true,
        logprobs: 2,
        responseMimeType: 'application/json',
        responseModalities: ['TEXT', 'IMAGE'],
        imageConfig: { aspectRatio: '1:1', imageSize: '2K' },
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
    });
    expect(JSON.parse(JSON.stringify(value))).toMatchObject({
      stream: true,
      user: 'u',
      serviceTier: 'priority',
      tools: [{ name: 'f', description: 'D', parameters: { type: 'object' } }, { name: 'g' }],
      toolChoice: { type: 'tool', name: 'f' },
      sampling: {
        temperature: 0.1,
        topP: 0.2,
        topK: 3,
        frequencyPenalty: 0.4,
        presencePenalty: 0.5,
        seed: 6,
        stop: ['x'],
        n: 2,
        logprobs: true,
        topLogprobs: 2,
      },
      maxOutputTokens: 7,
      responseFormat: { type: 'json_object' },
      modalities: ['text', 'image'],
      options: { image_config: { aspect_ratio: '1:1', image_size: '2K' }, audio: { voice: 'Kore', format: 'pcm16' } },
      extras: {},
    });
  });

  test.each<readonly [JsonObject, ToolChoice]>([
    [{ mode: 'NONE' }, { type: 'none' }],
    [{ mode: 'AUTO' }, { type: 'auto' }],
    [{ mode: 1 }, { type: 'auto' }],
    [{ mode: 'any' }, { type: 'required' }],
    [
      { mode: 'ANY', allowedFunctionNames: ['a', 'b'] },
      { type: 'allowed', mode: 'required', names: ['a', 'b'] },
    ],
    [
      { mode: 'VALIDATED', allowedFunctionNames: ['a'] },
      { type: 'allowed', mode: 'auto', names: ['a'] },
    ],
    [{ mode: 'VALIDATED' }, { type: 'auto' }],
  ])('functionCallingConfig %j', (functionCallingConfig, choice) => {
    expect(decoded({ toolConfig: { functionCallingConfig } }).value.toolChoice).toEqual(choice);
  });

  test.each<readonly [JsonObject, ReasoningRequest | undefined]>([
    [{ includeThoughts: true }, { enabled: true, byDefault: true, exclude: false }],
    [{ includeThoughts: false }, undefined],
    [{ thinkingBudget: 0 }, { enabled: false, exclude: true }],
    [
      { thinkingBudget: -1, includeThoughts: true },
      { enabled: true, exclude: false },
    ],
    [{ thinkingBudget: 500 }, { enabled: true, maxTokens: 500, exclude: true }],
    [{ thinkingLevel: 'LOW' }, { enabled: true, effort: 'low', exclude: true }],
    [{ thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED' }, undefined],
  ])('thinkingConfig %j', (thinkingConfig, reasoning) => {
    expect(decoded({ generationConfig: { thinkingConfig } }).value.reasoning).toEqual(reasoning);
  });

  test('schemas, and when they can be enforced', () => {
    const closed = { type: 'object', properties: {}, required: [], additionalProperties: false };
    const formatOf = (generationConfig: JsonObject) => decoded({ generationConfig }).value.responseFormat;
    expect(formatOf({ responseJsonSchema: closed })).toEqual({
      type: 'json_schema',
      name: 'response',
      schema: closed,
      strict: true,
    });
    const open = formatOf({ responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } });
    expect(JSON.parse(JSON.stringify(open))).toEqual({
      type: 'json_schema',
      name: 'response',
      schema: { type: 'object' },
    });
    expect(formatOf({ responseMimeType: 'text/plain' })).toBeUndefined();
  });

  test('what only Google’s models know rides under its path', () => {
    const { value, notes } = decoded({
      safetySettings: [{ category: 'x' }],
      labels: { team: 'a' },
      futureField: 1,
      tools: [
        { functionDeclarations: [{ name: 'f', behavior: 'NON_BLOCKING' }], urlContext: {} },
        { googleSearch: { x: 1 } },
        { type: 'openrouter:datetime' },
      ],
      toolConfig: {
        functionCallingConfig: { mode: 'VALIDATED', streamFunctionCallArguments: true },
        retrievalConfig: { a: 1 },
      },
      generationConfig: {
        mediaResolution: 'LOW',
        thinkingConfig: { thinkingBudget: -1 },
        imageConfig: { personGeneration: 'x' },
        speechConfig: { languageCode: 'de' },
        responseMimeType: 'text/x.enum',
        responseSchema: { type: 'STRING', enum: ['a'] },
      },
    });
    expect(JSON.parse(JSON.stringify(value.extras))).toEqual({
      safetySettings: [{ category: 'x' }],
      labels: { team: 'a' },
      futureField: 1,
      'tools.urlContext': {},
      'tools.googleSearch': { x: 1 },
      'toolConfig.functionCallingConfig.mode': 'VALIDATED',
      'toolConfig.functionCallingConfig.streamFunctionCallArguments': true,
      'toolConfig.retrievalConfig': { a: 1 },
      'generationConfig.mediaResolution': 'LOW',
      'generationConfig.thinkingConfig.thinkingBudget': -1,
      'generationConfig.imageConfig.personGeneration': 'x',
      'generationConfig.speechConfig.languageCode': 'de',
      'generationConfig.responseMimeType': 'text/x.enum',
      'generationConfig.responseJsonSchema': { type: 'string', enum: ['a'] },
    });
    expect(JSON.parse(JSON.stringify(value.options))).toEqual({ server_tools: [{ type: 'openrouter:datetime' }] });
    expect(notes).toEqual(['parameter.dropped tools[0].functionDeclarations[0].behavior']);
  });

  test('a prompt whose beginning is kept at Google cannot be said elsewhere', () => {
    expect(() => decoded({ cachedContent: 'cachedContents/x' })).toThrow('cachedContent: names a part of the prompt');
  });
});
