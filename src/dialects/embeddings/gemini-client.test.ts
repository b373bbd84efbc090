import { expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { geminiBatchEmbedContents, geminiEmbedContent } from './gemini-client.ts';

const content = (...parts: Json[]): Json => ({ parts });
const batch = (...requests: Json[]): Json => ({ model: 'a/b', requests });

function refusal(body: Json): string {
  try {
    geminiBatchEmbedContents.parseRequest(body);
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'client.invalid_request') return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

test('texts, what they are for and how long the vectors are; what is asked of the gateway stays', () => {
  const { question, demand } = geminiBatchEmbedContents.parseRequest({
    model: 'a/b',
    provider: { order: ['x'] },
    requests: [{ text: 'one' }, { text: 'two' }].map((part) => ({
      model: 'models/ignored',
      content: content(part),
      taskType: 'CLUSTERING',
      outputDimensionality: 8,
    })),
  });
  expect(question).toMatchObject({
    inputs: [
      { kind: 'text', text: 'one' },
      { kind: 'text', text: 'two' },
    ],
    inputType: 'CLUSTERING',
    dimensions: 8,
    encoding: 'float',
    extras: {},
  });
  expect([demand.models, demand.preferences.order]).toEqual([['a/b'], ['x']]);
});

test('media of every kind, with the text beside it', () => {
  const parts = ['image/png', 'audio/mp3', 'video/mp4', 'application/pdf'].map((mimeType) => ({
    inlineData: { mimeType, data: 'AAAA' },
  }));
  const { question } = geminiEmbedContent.parseRequest({ model: 'a/b', content: content({ text: 'x' }, ...parts) });
  const [input] = question.inputs;
  expect(input?.kind === 'content' && input.parts.map(({ type }) => type)).toEqual([
    'text',
    'image',
    'audio',
    'video',
    'file',
  ]);
});

test('requests of one batch agree, and are told by their place', () => {
  const one = { content: content({ text: 'x' }) };
  expect(refusal(batch(one, { ...one, taskType: 'CLUSTERING' }))).toStartWith('requests[1]: must have the taskType');
  expect(refusal(batch())).toStartWith('requests');
  expect(refusal(batch({ content: content() }))).toStartWith('requests[0].content.parts');
  expect(refusal(batch(one, one))).toBe('accepted');
});

test('an answer that is given again costs nothing', () => {
  const body = JSON.stringify({ embeddings: [{ values: [0.5] }], usageMetadata: { promptTokenCount: 3, cost: 0.1 } });
  expect(JSON.parse(geminiEmbedContent.replay.whole(body, { id: 'gen-1', createdSeconds: 1 }))).toEqual({
    embeddings: [{ values: [0.5] }],
    usageMetadata: { promptTokenCount: 0, cost: 0 },
  });
});
