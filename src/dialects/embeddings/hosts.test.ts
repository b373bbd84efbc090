/** The grammars in which hosts are asked for embeddings: what they are sent, what is read of their answers. */
import { describe, expect, test } from 'bun:test';
import type { EmbeddingsQuestion } from '../../core/embeddings.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { toBase64 } from '../../core/vector.ts';
import type { HostQuirks } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import type { WholeDialect } from '../whole.ts';
import { parseEmbeddingsRequest } from './client.ts';
import { cohereEmbeddings } from './cohere.ts';
import { geminiEmbeddings } from './gemini.ts';
import { embeddingsDialects } from './index.ts';
import { ollamaEmbeddings } from './ollama.ts';
import { openAiEmbeddings } from './openai.ts';
import { vertexEmbeddings } from './vertex.ts';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const pixel = (url = PNG) => ({ type: 'image_url', image_url: { url } });
const text = (words: string) => ({ type: 'text', text: words });

function asked(input: Json, more: JsonObject = {}): EmbeddingsQuestion {
  return parseEmbeddingsRequest({ model: 'a/b', input, ...more }).question;
}

function sent(dialect: WholeDialect<'embeddings'>, question: EmbeddingsQuestion, quirks: HostQuirks = {}) {
  const { value, notes } = dialect.encodeRequest(question, contextWith({ quirks }));
  return { path: value.path, body: { ...value.body }, notes: notes.map(({ field }) => field) };
}

function refusals(dialect: WholeDialect<'embeddings'>, question: EmbeddingsQuestion, quirks: HostQuirks = {}) {
  return dialect.unsayable(question, contextWith({ quirks }));
}

function answered(
  dialect: WholeDialect<'embeddings'>,
  body: Json,
  question: EmbeddingsQuestion,
  quirks: HostQuirks = {},
) {
  return dialect.decodeResponse(body, question, contextWith({ quirks }));
}

describe('OpenAI', () => {
  test('is sent what the caller said, and what nobody knows by value', () => {
    const question = asked('x', {
      dimensions: 3,
      input_type: 'search_query',
      encoding_format: 'base64',
      user: 'u',
      frob: [1],
      trace: { id: 1 },
    });
    expect(sent(openAiEmbeddings, question)).toEqual({
      path: '/embeddings',
      body: {
        model: 'model-1',
        input: ['x'],
        dimensions: 3,
        input_type: 'search_query',
        encoding_format: 'base64',
        user: 'u',
        frob: [1],
      },
      notes: [],
    });
    expect(sent(openAiEmbeddings, question, { gatewayFields: ['provider', 'trace'] }).body).toMatchObject({
      trace: { id: 1 },
    });
  });

  test('a host’s own names, words and refusals', () => {
    const question = asked(['x'], {
      dimensions: 3,
      input_type: 'RETRIEVAL_DOCUMENT',
      encoding_format: 'base64',
      user: 'u',
      frob: 1,
    });
    const quirks: HostQuirks = {
      renames: { dimensions: 'output_dimension', input_type: 'task' },
      inputTypes: { document: 'passage' },
      rejects: ['user', 'encoding_format'],
      refusesUnknownFields: true,
      defaults: { truncate: 'END' },
    };
    expect(sent(openAiEmbeddings, question, quirks)).toEqual({
      path: '/embeddings',
      body: { truncate: 'END', model: 'model-1', input: ['x'], output_dimension: 3, task: 'passage' },
      // The form of the numbers is ours to change: nothing is lost by not asking for it.
      notes: ['user', 'frob'],
    });
  });

  test('a wish for a gateway behind this one is told in our words', () => {
    const context = contextWith({ quirks: { gatewayFields: ['provider'] } });
    const gateway = { provider: { zdr: true }, noPromptTraining: true };
    const { value } = openAiEmbeddings.encodeRequest(asked('x', { provider: { zdr: false } }), { ...context, gateway });
    expect({ ...value.body }).toEqual({ model: 'model-1', input: ['x'], provider: { zdr: true } });
    expect(value.headers).toEqual({ 'x-openrouter-no-prompt-training': 'true' });
  });

  test('content other than text goes where the host has a way to say it', () => {
    const one = asked([{ content: [text('a'), pixel()] }]);
    const two = asked([{ content: [pixel()] }, { content: [text('a')] }]);
    expect(refusals(openAiEmbeddings, one)).toEqual(['inputs other than text']);
    expect(refusals(openAiEmbeddings, asked([[1]]))).toEqual([]);
    expect(sent(openAiEmbeddings, two, { embedsContent: 'content' }).body['input']).toEqual([
      { content: [pixel()] },
      { content: [text('a')] },
    ]);
    expect(sent(openAiEmbeddings, one, { embedsContent: 'messages' }).body).toEqual({
      model: 'model-1',
      messages: [{ role: 'user', content: [text('a'), pixel()] }],
    });
    expect(refusals(openAiEmbeddings, two, { embedsContent: 'messages' })).toHaveLength(1);
  });

  const list = (...vectors: Json[]): JsonObject => ({
    data: vectors.map((embedding, index) => ({ embedding, index })),
    usage: { prompt_tokens: 3, total_tokens: 3 },
  });

  test('numbers and base64 are given as asked for, whatever the host gives', () => {
    const packed = toBase64([1, -2]);
    const vectorsOf = (body: Json, encoding: string, quirks: HostQuirks = {}) =>
      answered(openAiEmbeddings, body, asked(['x'], { encoding_format: encoding }), quirks).vectors;
    expect(vectorsOf(list([1, -2]), 'base64')).toEqual([packed]);
    expect(vectorsOf(list(packed), 'float')).toEqual([[1, -2]]);
    expect(vectorsOf(list(packed), 'base64')).toEqual([packed]);
    // Two signed bytes.
    expect(vectorsOf(list('Af4='), 'float', { int8Vectors: true })).toEqual([[1, -2]]);
    expect(vectorsOf(list('Af4='), 'base64', { int8Vectors: true })).toEqual([packed]);
  });

  test('vectors are put into the order of the inputs', () => {
    const data = [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ];
    expect(answered(openAiEmbeddings, { data }, asked(['x', 'y'])).vectors).toEqual([[1], [2]]);
  });

  test('the rest of the answer: its id, its own members, and the usage in every form', () => {
    const usageOf = (usage: JsonObject) =>
      answered(openAiEmbeddings, { ...list([1]), usage }, asked('x')).usage?.counts;
    expect(usageOf({ total_tokens: 5 })).toMatchObject({ promptTokens: 5, completionTokens: 0 });
    expect(usageOf({ prompt_tokens: 5 })).toMatchObject({ promptTokens: 5 });
    expect(usageOf({ prompt_tokens: 5, total_tokens: 9, completion_tokens: 4 })).toMatchObject({ promptTokens: 5 });
    expect(usageOf({ prompt_tokens: -1 })).toBeUndefined();
    expect(answered(openAiEmbeddings, { ...list([1]), id: 'e-1', created: 7, model: 'm' }, asked('x'))).toMatchObject({
      upstreamId: 'e-1',
      extras: { created: 7 },
    });
  });

  test.each<[string, Json, string]>([
    ['no answer', { object: 'list' }, 'without embeddings'],
    ['one vector for two inputs', list([1]), '1 embeddings for 2 inputs'],
    ['a vector of none', list([1], []), 'no list of numbers'],
    ['a vector with a hole', list([1], [1, null]), 'no list of numbers'],
    ['vectors of tokens', list([[1]], [[2]]), 'no list of numbers'],
    ['half a float', list([1], 'AACA'), 'no whole number of 32-bit floats'],
    ['what is no number', list([1], 'AADAfw=='), 'holds what is no number'],
    ['an error with status 200', { error: { message: 'pooling is off', code: 400 } }, 'pooling is off'],
  ])('%s is refused', (_, body, message) => {
    expect(() => answered(openAiEmbeddings, body, asked(['x', 'y']))).toThrow(message);
  });
});

describe('Gemini', () => {
  test('is sent a content for each input', () => {
    const question = asked(['x', 'y'], { dimensions: 8, input_type: 'query', user: 'u' });
    const each = (words: string) => ({
      model: 'models/model-1',
      content: { parts: [{ text: words }] },
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 8,
    });
    expect(sent(geminiEmbeddings, question)).toEqual({
      path: '/models/model-1:batchEmbedContents',
      body: { requests: [each('x'), each('y')] },
      notes: ['user'],
    });
  });

  test.each([
    ['search_document', 'RETRIEVAL_DOCUMENT', []],
    ['FACT_VERIFICATION', 'FACT_VERIFICATION', []],
    ['image', undefined, ['input_type']],
  ])('input_type %s is %s', (inputType, taskType, notes) => {
    const { body, notes: told } = sent(geminiEmbeddings, asked('x', { input_type: inputType }));
    expect(JSON.stringify(body)).toContain(taskType ?? '"requests"');
    expect(JSON.stringify(body).includes('taskType')).toBe(taskType !== undefined);
    expect(told).toEqual(notes);
  });

  test('media are data, or lie with Google; token ids are not said', () => {
    const content = [
      text('a'),
      pixel(),
      { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } },
      pixel('gs://b/x.png'),
    ];
    expect(sent(geminiEmbeddings, asked([{ content }])).body).toMatchObject({
      requests: [
        {
          content: {
            parts: [
              { text: 'a' },
              { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
              { inlineData: { mimeType: 'audio/mp3', data: 'SUQz' } },
              { fileData: { fileUri: 'gs://b/x.png' } },
            ],
          },
        },
      ],
    });
    expect(refusals(geminiEmbeddings, asked([{ content }]))).toEqual([]);
    expect(refusals(geminiEmbeddings, asked([{ content: [pixel('https://h/x.png')] }]))).toHaveLength(1);
    expect(refusals(geminiEmbeddings, asked([1, 2]))).toEqual(['token ids']);
  });

  test('one embedding, several, and the usage of newer models', () => {
    expect(answered(geminiEmbeddings, { embedding: { values: [1] } }, asked('x'))).toEqual({
      vectors: [[1]],
      extras: {},
    });
    const usageMetadata = { promptTokenCount: 9, promptTokenDetails: [{ modality: 'IMAGE', tokenCount: 7 }] };
    const body = { embeddings: [{ values: [1] }, { values: [2] }], usageMetadata };
    expect(answered(geminiEmbeddings, body, asked(['x', 'y'], { encoding_format: 'base64' }))).toEqual({
      vectors: [toBase64([1]), toBase64([2])],
      usage: { counts: { promptTokens: 9, imagePromptTokens: 7 }, estimated: false },
      extras: {},
    });
    expect(() => answered(geminiEmbeddings, { embeddings: [{}] }, asked('x'))).toThrow('no list of numbers');
  });

  test('a name cannot walk to another path', () => {
    const context = { ...contextWith(), upstreamModel: 'models/a/../b@1' };
    expect(geminiEmbeddings.encodeRequest(asked('x'), context).value.path).toBe(
      '/models/a%2F..%2Fb@1:batchEmbedContents',
    );
  });
});

describe('Vertex', () => {
  test('is asked for one text', () => {
    const question = asked('x', { dimensions: 8, input_type: 'passage' });
    expect(sent(vertexEmbeddings, question)).toEqual({
      path: '/models/model-1:predict',
      body: {
        instances: [{ content: 'x', task_type: 'RETRIEVAL_DOCUMENT' }],
        parameters: { outputDimensionality: 8 },
      },
      notes: [],
    });
    expect(refusals(vertexEmbeddings, question)).toEqual([]);
    expect(refusals(vertexEmbeddings, asked(['x', 'y']))).toEqual(['several inputs at once']);
    expect(refusals(vertexEmbeddings, asked([1]))).toEqual(['inputs other than text']);
  });

  test('its answer', () => {
    const body = { predictions: [{ embeddings: { values: [1, 2], statistics: { token_count: 4 } } }] };
    expect(answered(vertexEmbeddings, body, asked('x'))).toEqual({
      vectors: [[1, 2]],
      usage: { counts: { promptTokens: 4 }, estimated: false },
      extras: {},
    });
    expect(() => answered(vertexEmbeddings, {}, asked('x'))).toThrow('without embeddings');
  });
});

describe('Cohere', () => {
  test('is told what for, and its own fields', () => {
    const question = asked(['x', 'y'], { dimensions: 8, input_type: 'query', truncate: 'NONE', frob: 1 });
    expect(sent(cohereEmbeddings, question)).toEqual({
      path: '/embed',
      body: {
        truncate: 'NONE',
        model: 'model-1',
        texts: ['x', 'y'],
        input_type: 'search_query',
        embedding_types: ['float'],
        output_dimension: 8,
      },
      notes: ['frob'],
    });
    expect(sent(cohereEmbeddings, asked('x'))).toMatchObject({ body: { input_type: 'search_document' }, notes: [] });
    expect(sent(cohereEmbeddings, asked('x', { input_type: 'similarity' }))).toMatchObject({
      body: { input_type: 'search_document' },
      notes: ['input_type'],
    });
  });

  test('one image by itself; images among texts as Embed 4 has them', () => {
    expect(sent(cohereEmbeddings, asked([{ content: [pixel()] }])).body).toMatchObject({
      images: [PNG],
      input_type: 'image',
    });
    expect(
      sent(cohereEmbeddings, asked([{ content: [text('a'), pixel()] }, { content: [text('b')] }])).body,
    ).toMatchObject({
      inputs: [{ content: [text('a'), pixel()] }, { content: [text('b')] }],
      input_type: 'search_document',
    });
    expect(refusals(cohereEmbeddings, asked([{ content: [pixel('https://h/x.png')] }]))).toHaveLength(1);
    const sound = { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } };
    expect(refusals(cohereEmbeddings, asked([{ content: [sound] }]))).toEqual(['audio']);
    expect(refusals(cohereEmbeddings, asked([[1]]))).toEqual(['token ids']);
  });

  test.each<[JsonObject, JsonObject]>([
    [{ input_tokens: 4 }, { promptTokens: 4 }],
    [
      { input_tokens: 4, image_tokens: 6 },
      { promptTokens: 10, imagePromptTokens: 6 },
    ],
    [{ images: 2 }, { promptTokens: 0, images: 2 }],
  ])('billed units %j', (billed_units, counts) => {
    const body = { id: 'c-1', embeddings: { float: [[1]] }, meta: { billed_units } };
    expect(answered(cohereEmbeddings, body, asked('x'))).toMatchObject({
      vectors: [[1]],
      upstreamId: 'c-1',
      usage: { counts, estimated: false },
    });
  });

  test('the older version’s plain list', () => {
    expect(answered(cohereEmbeddings, { embeddings: [[1]] }, asked('x'))).toEqual({ vectors: [[1]], extras: {} });
  });
});

describe('Ollama', () => {
  test('is sent texts, and its own fields', () => {
    const question = asked('x', { dimensions: 8, truncate: false, keep_alive: '5m', input_type: 'query', user: 'u' });
    expect(sent(ollamaEmbeddings, question)).toEqual({
      path: '/api/embed',
      body: { truncate: false, keep_alive: '5m', model: 'model-1', input: ['x'], dimensions: 8 },
      notes: ['input_type', 'user'],
    });
    expect(refusals(ollamaEmbeddings, asked([[1]]))).toEqual(['inputs other than text']);
  });

  test('answers lists, in older versions a single one', () => {
    expect(answered(ollamaEmbeddings, { embeddings: [[1]], prompt_eval_count: 3 }, asked('x'))).toEqual({
      vectors: [[1]],
      usage: { counts: { promptTokens: 3 }, estimated: false },
      extras: {},
    });
    expect(answered(ollamaEmbeddings, { embedding: [1] }, asked('x')).vectors).toEqual([[1]]);
    expect(() => answered(ollamaEmbeddings, { error: 'model not found' }, asked('x'))).toThrow('model not found');
  });
});

test.each(embeddingsDialects)('$id refuses an answer that holds none', (dialect) => {
  for (const body of [null, [], {}, 'x']) expect(() => answered(dialect, body, asked('x'))).toThrow();
});
