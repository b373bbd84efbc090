/** A request of this grammar, said in the core's words and written again: what both can say is the same. */
import { expect, test } from 'bun:test';
import type { JsonObject } from '../../../core/json.ts';
import { encodeRequest } from '../request.ts';
import { contextOf } from '../test-kit.ts';
import { decodeRequest } from './decode.ts';
import { wireOf } from './test-kit.ts';

function again(members: JsonObject, model = 'gemini-3-pro-preview'): JsonObject {
  const { value } = decodeRequest(wireOf(members));
  return JSON.parse(JSON.stringify(encodeRequest(value, contextOf(model)).value.body));
}

test('turns, signatures, calls and results', () => {
  const contents = [
    { role: 'user', parts: [{ text: 'See' }, { fileData: { fileUri: 'gs://b/i', mimeType: 'image/webp' } }] },
    {
      role: 'model',
      parts: [
        { text: 'hmm', thought: true, thoughtSignature: 'sT' },
        { text: 'I call', thoughtSignature: 'sX' },
        { functionCall: { id: 'c1', name: 'f', args: { a: [1] } }, thoughtSignature: 'sC' },
        { functionCall: { id: 'c2', name: 'g', args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c1', name: 'f', response: { result: 'x' } } },
        {
          functionResponse: {
            id: 'c2',
            name: 'g',
            response: { output: 'y' },
            parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }],
          },
        },
        { text: 'and now?' },
      ],
    },
  ];
  expect(again({ contents })['contents']).toEqual(contents);
});

test('tools, their choice, and what only this grammar knows', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  const body = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    tools: [
      { functionDeclarations: [{ name: 'f', description: 'D', parametersJsonSchema: schema }] },
      { codeExecution: {} },
    ],
    toolConfig: { functionCallingConfig: { mode: 'VALIDATED' }, includeServerSideToolInvocations: true },
    generationConfig: {
      temperature: 0.5,
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
      thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' },
    },
    labels: { team: 'a' },
  };
  expect(again(body)).toEqual({ ...body, contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
});

test('a budget of as much as is right stays one, whatever the model takes else', () => {
  const body = { generationConfig: { thinkingConfig: { thinkingBudget: -1, includeThoughts: true } } };
  for (const model of ['gemini-2.5-flash', 'gemini-3-pro-preview']) {
    expect(again(body, model)['generationConfig']).toEqual(body.generationConfig);
  }
});
