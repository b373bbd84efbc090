import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../../core/errors.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { parseCountRequest, parseGeminiRequest } from './parse.ts';

function refusalOf(body: Json): string {
  try {
    parseGeminiRequest(body);
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'client.invalid_request') return thrown.message;
    throw thrown;
  }
  return 'taken';
}

const hi = [{ parts: [{ text: 'hi' }] }];

describe('the door', () => {
  test.each<readonly [Json, string]>([
    [[], 'body: expected a JSON object with `contents`, got array'],
    [{}, 'contents: required: array'],
    [{ contents: [] }, 'contents: got 0 items; accepted: at least 1 items'],
    [{ contents: 'hi' }, 'contents[0]: got string; accepted: object'],
    [{ contents: [{ role: 'assistant', parts: [] }] }, 'contents[0].role: got "assistant"'],
    [{ contents: [{ parts: ['hi'] }] }, 'contents[0].parts[0]: got string; accepted: object'],
    [{ contents: [{ parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text: got number; accepted: string'],
    [
      { contents: [{ parts: [{ inlineData: { mimeType: 'a/b' } }] }] },
      'contents[0].parts[0].inlineData.data: required',
    ],
    [{ contents: [{ parts: [{ functionCall: { args: {} } }] }] }, 'contents[0].parts[0].functionCall.name: required'],
    [{ contents: [{ parts: [{ functionCall: { name: 'f', args: '{}' } }] }] }, '.functionCall.args: got string'],
    [
      { contents: hi, generationConfig: { temperature: 3 } },
      'generationConfig.temperature: got 3; accepted: at most 2',
    ],
    [{ contents: hi, generation_config: { max_output_tokens: 0 } }, 'generationConfig.maxOutputTokens: got 0'],
    [{ contents: hi, generationConfig: { thinkingConfig: { thinkingBudget: -2 } } }, '.thinkingBudget: got -2'],
    [{ contents: hi, generationConfig: { responseSchema: 'x' } }, 'generationConfig.responseSchema: got string'],
    [{ contents: hi, systemInstruction: 'be brief' }, 'systemInstruction: got string; accepted: object'],
    [{ contents: hi, tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name: required'],
    [{ contents: hi, safetySettings: ['BLOCK_NONE'] }, 'safetySettings[0]'],
    [{ contents: hi, preset: 'mine' }, 'preset: presets hold fields of the chat grammar'],
    [{ contents: hi, model: 'google/gemini-2.5-flash@preset/mine' }, 'model: presets hold fields'],
    [{ contents: hi, provider: { order: 'x' } }, 'provider.order: got string; accepted: array'],
  ])('%j is refused with its path', (body, reason) => {
    expect(refusalOf(body)).toContain(reason);
  });

  test('what is newer than this file passes', () => {
    const body: JsonObject = {
      contents: [{ parts: [{ text: 'a', future: 1 }, { brandNew: {} }] }],
      generationConfig: { newKnob: true },
      futureField: [1],
    };
    expect(parseGeminiRequest(body)).toEqual({ ...parseGeminiRequest(body), ...body });
    expect(refusalOf(body)).toBe('taken');
  });
});

describe('what is to be counted', () => {
  test('the body itself, or the request inside it', () => {
    expect(parseCountRequest({ contents: hi }).contents).toEqual(hi);
    const inner = {
      model: 'models/x',
      contents: { parts: { text: 'hi' } },
      system_instruction: { parts: [{ text: 's' }] },
    };
    expect(parseCountRequest({ generate_content_request: inner })).toMatchObject({
      contents: hi,
      systemInstruction: { parts: [{ text: 's' }] },
    });
  });

  test('not both', () => {
    expect(() => parseCountRequest({ contents: hi, generateContentRequest: { contents: hi } })).toThrow(
      'send one of them',
    );
  });
});
