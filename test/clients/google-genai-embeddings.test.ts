/** `@google/genai`, unmodified: embeddings in its own grammar, of hosts that speak it and of one that speaks another. */
import { expect, test } from 'bun:test';
import { ApiError, GoogleGenAI } from '@google/genai';
import { describeEachUpstream } from '../kit/each-upstream.ts';
import { failureOf } from '../kit/failure-of.ts';
import { upstreams } from '../kit/sim-lab.ts';

const among = upstreams.filter(({ dialect }) => dialect !== 'anthropic-messages');

describeEachUpstream(
  '@google/genai: embeddings',
  ({ gateway }) => {
    const model = 'sim/embed';
    const open = (): GoogleGenAI =>
      new GoogleGenAI({ apiKey: gateway().apiKey, httpOptions: { baseUrl: gateway().url } });

    test('one and several, equal texts alike', async () => {
      const { models } = open();
      const one = await models.embedContent({ model, contents: 'blue' });
      const three = await models.embedContent({ model, contents: ['red', 'blue', 'green'] });
      expect(three.embeddings).toHaveLength(3);
      expect(three.embeddings?.[1]?.values).toEqual(one.embeddings?.[0]?.values ?? []);
    });

    test('of a size, for a purpose', async () => {
      const config = { outputDimensionality: 8, taskType: 'RETRIEVAL_QUERY' };
      const { embeddings } = await open().models.embedContent({ model, contents: ['a', 'b'], config });
      expect(embeddings?.map(({ values }) => values?.length)).toEqual([8, 8]);
    });

    test('by one content, with what it cost', async () => {
      const response = await fetch(`${gateway().url}/v1beta/models/${model}:embedContent`, {
        method: 'POST',
        headers: { 'x-goog-api-key': gateway().apiKey },
        body: JSON.stringify({ content: { parts: [{ text: 'two ' }, { text: 'words' }] } }),
      });
      expect(await response.json()).toEqual({
        embedding: { values: expect.arrayContaining([expect.any(Number)]) },
        usageMetadata: { promptTokenCount: expect.any(Number), cost: expect.any(Number) },
        modelVersion: model,
      });
    });

    test('refused in its own form', async () => {
      const asked = open().models.embedContent({ model: 'sim/echo', contents: 'x' });
      const error = await failureOf(asked, ApiError);
      expect([error.status, JSON.parse(error.message).error.status]).toEqual([400, 'INVALID_ARGUMENT']);
      const empty = open().models.embedContent({ model, contents: [''] });
      expect((await failureOf(empty, ApiError)).status).toBe(400);
    });

    test('their models are listed', async () => {
      expect(await open().models.get({ model })).toMatchObject({
        supportedActions: ['embedContent', 'batchEmbedContents'],
      });
    });
  },
  { among },
);
