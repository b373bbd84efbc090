/** Shaped as Google's objects are today: spaces, CRLF, usage on each of them; nothing opens a stream, and nothing ends it. */
import type { Grammar, StreamAnswer } from './grammar.ts';

export const gemini: Grammar = {
  id: 'gemini',
  name: 'generateContent',
  path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
  headers: {},
  request: (_, prompt) => ({
    systemInstruction: { parts: [{ text: 'You are a benchmark.' }] },
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    generationConfig: { maxOutputTokens: 1000 },
  }),
  // The slash of a name stands in the path as it is or escaped.
  marker: (model) => `${model.slice(model.indexOf('/') + 1)}:streamGenerateContent`,
  stream,
  endings: ['"STOP"', '"promptTokenCount":250', '"candidatesTokenCount":100'],
  terminator: null,
};

function stream({ model, pieces, promptTokens, completionTokens }: StreamAnswer): readonly string[] {
  const object = (text: string, written: number, isLast: boolean): string => {
    const finish = isLast ? '"finishReason": "STOP",' : '';
    const candidate = `{"content": {"parts": [{"text": ${JSON.stringify(text)}}],"role": "model"},${finish}"index": 0}`;
    const usage =
      `{"promptTokenCount": ${promptTokens},"candidatesTokenCount": ${written},"totalTokenCount": ${promptTokens + written},` +
      `"promptTokensDetails": [{"modality": "TEXT","tokenCount": ${promptTokens}}],"serviceTier": "standard"}`;
    const rest = `"usageMetadata": ${usage},"modelVersion": ${JSON.stringify(model)},"responseId": "benchBenchBenchBench"`;
    return `data: {"candidates": [${candidate}],${rest}}\r\n\r\n`;
  };
  return [
    ...pieces.map((text, index) => object(text, Math.min(index + 1, completionTokens), false)),
    object('', completionTokens, true),
  ];
}
