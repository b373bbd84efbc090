import { describe, expect, test } from 'bun:test';
import type { Json } from '../../../core/json.ts';
import { inOneSpelling } from './proto-json.ts';
import { requestShape } from './shapes.ts';

const spelled = (body: Json): unknown => JSON.parse(JSON.stringify(inOneSpelling(body, requestShape)));

describe('protobuf JSON in one spelling', () => {
  test('a body without another spelling is the very same value', () => {
    const body = {
      contents: [{ role: 'user', parts: [{ text: 'a' }, { functionCall: { name: 'f', args: { snake_key: 1 } } }] }],
      generationConfig: { topP: 0.5, responseSchema: { type: 'OBJECT', properties: {} } },
      unknown_field: { any_thing: null },
    };
    expect(inOneSpelling(body, requestShape)).toEqual(body);
    const plain = { contents: [{ parts: [{ text: 'a' }] }] };
    expect(inOneSpelling(plain, requestShape)).toBe(plain);
  });

  test('snake_case becomes camelCase where a field is Google’s, at any depth', () => {
    expect(
      spelled({
        system_instruction: { parts: [{ text: 's' }] },
        contents: [
          { parts: [{ inline_data: { mime_type: 'image/png', data: 'AA' } }] },
          {
            parts: [
              { function_response: { name: 'f', response: { my_key: 1 }, parts: [{ file_data: { file_uri: 'u' } }] } },
            ],
          },
        ],
        tools: [{ function_declarations: [{ name: 'f', parameters_json_schema: { any_of: [] } }] }],
        tool_config: { function_calling_config: { allowed_function_names: ['f'] } },
        generation_config: { thinking_config: { thinking_budget: 5 }, stop_sequences: ['x'] },
        session_id: 's',
      }),
    ).toEqual({
      systemInstruction: { parts: [{ text: 's' }] },
      contents: [
        { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }] },
        {
          parts: [
            { functionResponse: { name: 'f', response: { my_key: 1 }, parts: [{ fileData: { fileUri: 'u' } }] } },
          ],
        },
      ],
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { any_of: [] } }] }],
      toolConfig: { functionCallingConfig: { allowedFunctionNames: ['f'] } },
      generationConfig: { thinkingConfig: { thinkingBudget: 5 }, stopSequences: ['x'] },
      session_id: 's',
    });
  });

  test('names of properties are the caller’s, their schemas are Google’s', () => {
    const schema = {
      type: 'OBJECT',
      properties: { min_items: { type: 'ARRAY', min_items: '2', any_of: [{ max_length: 3 }] } },
    };
    expect(spelled({ generationConfig: { responseSchema: schema } })).toEqual({
      generationConfig: {
        responseSchema: {
          type: 'OBJECT',
          properties: { min_items: { type: 'ARRAY', minItems: 2, anyOf: [{ maxLength: 3 }] } },
        },
      },
    });
  });

  test('the only item of a list may stand alone, null is nothing, a number may be text', () => {
    expect(
      spelled({
        contents: { parts: { text: 'a' } },
        tools: { functionDeclarations: { name: 'f' } },
        generationConfig: { maxOutputTokens: '12', temperature: '0.5', seed: 'x', stopSequences: 'end' },
        safetySettings: null,
        toolConfig: null,
      }),
    ).toEqual({
      contents: [{ parts: [{ text: 'a' }] }],
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
      generationConfig: { maxOutputTokens: 12, temperature: 0.5, seed: 'x', stopSequences: ['end'] },
    });
  });

  test('a field in both spellings is refused by its name', () => {
    expect(() => spelled({ generationConfig: { topP: 1, top_p: 0 } })).toThrow('generationConfig.topP: given twice');
  });

  test('members of every object’s prototype are plain data', () => {
    const body: Json = JSON.parse('{"contents":[{"parts":[{"text":"a"}],"__proto__":{"x":1},"constructor":2}]}');
    expect(JSON.stringify(inOneSpelling(body, requestShape))).toBe(JSON.stringify(body));
    const spelling: Json = JSON.parse('{"generation_config":{"__proto__":{"topP":1}},"toString":3}');
    expect(JSON.stringify(inOneSpelling(spelling, requestShape))).toBe(
      '{"generationConfig":{"__proto__":{"topP":1}},"toString":3}',
    );
  });
});
