import { describe, expect, test } from 'bun:test';
import type { Choice } from '../../core/chat.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { UsageCounts } from '../../core/usage.ts';
import { decodeResponse } from './response.ts';
import { contextOf } from './test-kit.ts';

const context = contextOf();
const reply = (parts: readonly JsonObject[], more: JsonObject = {}, top: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', ...more }],
  ...top,
});
const choiceOf = (body: Json): Choice | undefined => decodeResponse(body, context).choices[0];

describe('finish reasons', () => {
  const cases: readonly [reason: Json, parts: readonly JsonObject[], finish: string, native: string][] = [
    ['STOP', [{ text: 'x' }], 'stop', 'STOP'],
    [1, [{ text: 'x' }], 'stop', 'STOP'],
    ['STOP', [{ functionCall: { name: 'f' } }], 'tool_calls', 'STOP'],
    ['MAX_TOKENS', [], 'length', 'MAX_TOKENS'],
    ['CONTINUATION', [{ text: 'x' }], 'length', 'CONTINUATION'],
    ['SAFETY', [], 'content_filter', 'SAFETY'],
    ['MODEL_ARMOR', [], 'content_filter', 'MODEL_ARMOR'],
    ['IMAGE_SAFETY', [], 'content_filter', 'IMAGE_SAFETY'],
    ['MALFORMED_FUNCTION_CALL', [], 'error', 'MALFORMED_FUNCTION_CALL'],
    ['SOMETHING_NEW', [{ text: 'x' }], 'error', 'SOMETHING_NEW'],
  ];
  for (const [reason, parts, finish, native] of cases) {
    test(`${reason} with ${JSON.stringify(parts)} → ${finish}`, () => {
      expect(choiceOf(reply(parts, { finishReason: reason }))).toMatchObject({
        finishReason: finish,
        nativeFinishReason: native,
      });
    });
  }
});

describe('usage', () => {
  const cases: readonly [label: string, metadata: JsonObject, counts: UsageCounts | undefined][] = [
    [
      'tool prompts and thoughts stand beside',
      {
        promptTokenCount: 10,
        toolUsePromptTokenCount: 5,
        candidatesTokenCount: 3,
        thoughtsTokenCount: 2,
        cachedContentTokenCount: 4,
      },
      { promptTokens: 15, completionTokens: 5, reasoningTokens: 2, cachedTokens: 4 },
    ],
    [
      'modalities',
      {
        promptTokenCount: 10,
        candidatesTokenCount: 9,
        promptTokensDetails: [
          { modality: 'AUDIO', tokenCount: 2 },
          { modality: 3, tokenCount: 3 },
          { modality: 'IMAGE', tokenCount: 1 },
        ],
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 7 }],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 1 }],
      },
      {
        promptTokens: 10,
        completionTokens: 9,
        audioPromptTokens: 2,
        videoPromptTokens: 3,
        imagePromptTokens: 1,
        imageCompletionTokens: 7,
        cachedAudioTokens: 1,
      },
    ],
    ['a prompt only', { promptTokenCount: 110, totalTokenCount: 110 }, { promptTokens: 110, completionTokens: 0 }],
    ['no counts yet', { trafficType: 'ON_DEMAND' }, undefined],
  ];
  for (const [label, usageMetadata, counts] of cases) {
    test(label, () => {
      const { usage } = decodeResponse(reply([{ text: 'x' }], {}, { usageMetadata }), context);
      expect(usage?.counts).toEqual(counts);
    });
  }
});

describe('parts', () => {
  test('ids are kept where there are any, else made of the response and the place', () => {
    const parts = [{ functionCall: { id: 'x1', name: 'f' } }, { functionCall: { name: 'odd.name' } }];
    const ids = choiceOf(reply(parts, {}, { responseId: 'Ab-1_2' }))?.toolCalls.map(({ id }) => id);
    expect(ids).toEqual(['x1', 'call_Ab-1_2_1_odd_name']);
  });

  test('code that the provider ran is shown as text, its own tools are not', () => {
    const parts = [
      { executableCode: { language: 'PYTHON', code: 'print(1)' } },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
      { toolCall: { id: 'a', toolType: 'FILE_SEARCH' }, thoughtSignature: 'S' },
      { text: 'One.' },
    ];
    const choice = choiceOf(reply(parts));
    expect(choice?.content).toBe('\n```python\nprint(1)\n```\n\n```\n1\n```\nOne.');
    expect(choice?.reasoningDetails).toEqual([]);
  });

  test('sound is the audio of the answer', () => {
    expect(choiceOf(reply([{ inlineData: { mimeType: 'audio/L16;rate=24000', data: 'AAAA' } }]))).toMatchObject({
      audio: { data: 'AAAA' },
      images: [],
    });
  });

  test('log probabilities are told per token', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'a', logProbability: -0.5, tokenId: 1 }],
      topCandidates: [
        {
          candidates: [
            { token: 'a', logProbability: -0.5 },
            { token: 'b', logProbability: -2 },
          ],
        },
      ],
    };
    const entry = (token: string, logprob: number) => ({ token, logprob, bytes: null });
    expect(choiceOf(reply([{ text: 'a' }], { logprobsResult }))?.logprobs).toEqual({
      content: [{ ...entry('a', -0.5), top_logprobs: [entry('a', -0.5), entry('b', -2)] }],
      refusal: null,
    });
  });

  test('sources are cited by character, though Google counts bytes', () => {
    const groundingMetadata = {
      webSearchQueries: ['q1', 'q2'],
      groundingChunks: [{ web: { uri: 'https://a.io', title: 'A' } }, { web: { uri: 'https://b.io', title: 'B' } }],
      groundingSupports: [{ segment: { startIndex: 3, endIndex: 7 }, groundingChunkIndices: [0] }],
    };
    const body = reply([{ text: 'Ü grün' }], { groundingMetadata }, { usageMetadata: { promptTokenCount: 1 } });
    const cite = (url: string, title: string, start: number, end: number) => ({
      type: 'url_citation',
      url_citation: { url, title, start_index: start, end_index: end },
    });
    const { choices, usage } = decodeResponse(body, contextOf('gemini-3-flash-preview'));
    expect(choices[0]?.annotations).toEqual([cite('https://a.io', 'A', 2, 5), cite('https://b.io', 'B', 0, 0)]);
    expect(usage?.counts['webSearches']).toBe(2);
    // Before Gemini 3 a grounded prompt is billed once.
    expect(decodeResponse(body, context).usage?.counts['webSearches']).toBe(1);
  });
});

describe('whole bodies', () => {
  test('an array of objects is a stream without framing', () => {
    const array = [reply([{ text: 'a' }], { finishReason: null }), reply([{ text: 'b' }])];
    expect(choiceOf(array)).toMatchObject({ content: 'ab', finishReason: 'stop' });
    expect(() => choiceOf(array.slice(0, 1))).toThrow(expect.objectContaining({ code: 'provider.truncated' }));
  });

  test('a blocked prompt is an empty answer, not an error', () => {
    expect(choiceOf({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } })).toMatchObject({
      content: null,
      finishReason: 'content_filter',
      nativeFinishReason: 'PROHIBITED_CONTENT',
    });
  });

  const refusals: readonly [label: string, body: Json, code: string][] = [
    [
      'an error with status 200',
      { error: { code: 429, message: 'Slow down', status: 'RESOURCE_EXHAUSTED' } },
      'provider.rate_limited',
    ],
    [
      'an error in an array',
      [{ error: { code: 400, message: 'Bad', status: 'INVALID_ARGUMENT' } }],
      'provider.invalid_request',
    ],
    ['another grammar', { choices: [] }, 'provider.bad_answer'],
    ['text', 'hello', 'provider.bad_answer'],
    ['no candidates', { usageMetadata: {} }, 'provider.bad_answer'],
  ];
  for (const [label, body, code] of refusals) {
    test(`${label} → ${code}`, () => {
      expect(() => decodeResponse(body, context)).toThrow(expect.objectContaining({ code }));
    });
  }

  test('time and tier are told where Vertex tells them', () => {
    const body = reply(
      [{ text: 'x' }],
      {},
      {
        createTime: '2026-05-27T16:53:45.443719Z',
        usageMetadata: { trafficType: 'ON_DEMAND_FLEX' },
      },
    );
    expect(decodeResponse(body, context)).toMatchObject({ createdSeconds: 1779900825, serviceTier: 'flex' });
  });
});
