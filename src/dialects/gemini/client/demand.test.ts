import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../../core/json.ts';
import { demandOf, excludesReasoning, openingOf, toolsOf, withoutParameters, withReasoning } from './demand.ts';
import { wireOf } from './test-kit.ts';

const everything = wireOf({
  model: 'google/gemini-2.5-flash:nitro',
  models: ['a/b'],
  systemInstruction: { parts: [{ text: 'Be brief.' }] },
  contents: [
    { role: 'user', parts: [{ text: 'first' }, { inlineData: { mimeType: 'image/png', data: 'AA' } }] },
    { role: 'model', parts: [{ text: 'thinking', thought: true }, { text: 'answer' }] },
    {
      parts: [
        {
          functionResponse: { name: 'f', response: {}, parts: [{ inlineData: { mimeType: 'audio/wav', data: 'A' } }] },
        },
      ],
    },
    {
      parts: [{ text: 'last' }, { fileData: { fileUri: 'https://youtu.be/x' } }, { fileData: { fileUri: 'gs://b/c' } }],
    },
    { role: 'model', parts: [{ text: 'prefill' }] },
  ],
  tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT' } }] }, { googleSearch: {} }],
  toolConfig: { functionCallingConfig: { mode: 'ANY' }, retrievalConfig: {} },
  generationConfig: {
    temperature: 1,
    topP: 1,
    topK: 1,
    frequencyPenalty: 0,
    presencePenalty: 0,
    seed: 1,
    stopSequences: ['x'],
    responseLogprobs: true,
    logprobs: 2,
    maxOutputTokens: 9,
    responseMimeType: 'application/json',
    responseSchema: { type: 'OBJECT' },
    responseModalities: ['TEXT', 2],
    thinkingConfig: { includeThoughts: true },
  },
  serviceTier: 'FLEX',
  session_id: 's',
  user: 'u',
  provider: { order: ['x'] },
  plugins: [{ id: 'web' }],
});

describe('what a request asks of an endpoint', () => {
  test('everything', () => {
    expect(demandOf(everything)).toMatchObject({
      models: ['google/gemini-2.5-flash:nitro', 'a/b'],
      stream: false,
      parameters: [
        'temperature',
        'top_p',
        'top_k',
        'frequency_penalty',
        'presence_penalty',
        'seed',
        'stop',
        'logprobs',
        'top_logprobs',
        'reasoning',
        'tools',
        'tool_choice',
        'structured_outputs',
      ],
      inputModalities: ['image', 'audio', 'video', 'file'],
      outputModalities: ['text', 'image'],
      maxOutputTokens: 9,
      sessionId: 's',
      user: 'u',
      hasTools: true,
      serviceTier: 'flex',
      preferences: { order: ['x'] },
      plugins: [{ id: 'web', enabled: true }],
    });
  });

  test('nothing: no parameters, text out, a small estimate', () => {
    expect(demandOf(wireOf())).toMatchObject({
      parameters: [],
      inputModalities: [],
      outputModalities: ['text'],
      maxOutputTokens: null,
      promptTokensEstimate: 5,
      hasTools: false,
      serviceTier: null,
    });
  });

  test('AUTO is no choice, JSON without a schema is a format', () => {
    const parametersOf = (members: object): readonly string[] => demandOf(wireOf({ ...members })).parameters;
    expect(parametersOf({ toolConfig: { functionCallingConfig: { mode: 'AUTO' } } })).toEqual([]);
    expect(parametersOf({ toolConfig: { functionCallingConfig: { mode: 3 } } })).toEqual(['tool_choice']);
    expect(parametersOf({ generationConfig: { responseMimeType: 'application/json' } })).toEqual(['response_format']);
    expect(parametersOf({ generationConfig: { responseMimeType: 'text/plain' } })).toEqual([]);
  });

  test('the texts that open and close it, thoughts aside', () => {
    expect(openingOf(everything)).toEqual({ system: 'Be brief.', first: 'first', last: 'last', lastModel: '' });
  });

  test('the functions, with their schemas as JSON Schema', () => {
    expect(JSON.parse(JSON.stringify(toolsOf(everything)))).toEqual([{ name: 'f', parameters: { type: 'object' } }]);
  });
});

describe('the same request, changed', () => {
  test('without parameters an endpoint lacks; the rest stays, and the original is untouched', () => {
    const before = JSON.stringify(everything);
    const kept = withoutParameters(everything, ['temperature', 'tools', 'logprobs', 'response_format', 'reasoning']);
    expect(kept.generationConfig).toMatchObject({ topP: 1, logprobs: 2, maxOutputTokens: 9 });
    for (const field of ['temperature', 'responseLogprobs', 'responseSchema', 'responseMimeType', 'thinkingConfig']) {
      expect(kept.generationConfig).not.toHaveProperty(field);
    }
    const source: JsonObject = kept;
    expect(source).toMatchObject({ tools: [{ googleSearch: {} }], toolConfig: { retrievalConfig: {} } });
    expect(source['toolConfig']).not.toHaveProperty('functionCallingConfig');
    expect(JSON.stringify(everything)).toBe(before);
  });

  test('with reasoning, unless it says something about it', () => {
    expect(withReasoning(wireOf()).generationConfig?.thinkingConfig).toEqual({ thinkingBudget: -1 });
    const off = wireOf({ generationConfig: { thinkingConfig: { thinkingBudget: 0 } } });
    expect(withReasoning(off)).toBe(off);
    expect(withReasoning(everything).generationConfig?.thinkingConfig).toEqual({
      includeThoughts: true,
      thinkingBudget: -1,
    });
  });

  test('thoughts are shown where they are asked for', () => {
    expect([everything, wireOf()].map(excludesReasoning)).toEqual([false, true]);
  });
});
