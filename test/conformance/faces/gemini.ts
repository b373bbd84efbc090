/** https://ai.google.dev/api/generate-content */
import { eventsOf, type Face, failedReading, type Loose, type Reading, type Turn } from '../face.ts';

const FINISH: Loose = { STOP: 'stop', MAX_TOKENS: 'length', SAFETY: 'filtered', PROHIBITED_CONTENT: 'filtered' };

export const geminiFace: Face = {
  name: 'gemini',
  cannot: {},
  path: ({ model, stream }) =>
    `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers: (apiKey) => ({ 'x-goog-api-key': apiKey }),
  body: (ask) => ({
    ...(ask.system && { systemInstruction: { parts: [{ text: ask.system }] } }),
    contents: ask.turns.map(contentOf),
    ...(ask.tools && {
      tools: [
        {
          functionDeclarations: ask.tools.map(({ name, description, schema }) => ({
            name,
            description,
            parametersJsonSchema: schema,
          })),
        },
      ],
    }),
    generationConfig: {
      ...(ask.schema && { responseMimeType: 'application/json', responseJsonSchema: ask.schema }),
      ...(ask.reasoning && { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } }),
      ...(ask.maxTokens && { maxOutputTokens: ask.maxTokens }),
    },
  }),
  read(status, body, isStream) {
    const frames: readonly Loose[] = isStream && status === 200 ? eventsOf(body) : [JSON.parse(body)];
    return readFrames(status, frames);
  },
};

const inline = ({ mediaType: mimeType, base64: data }: { mediaType: string; base64: string }): Loose => ({
  inlineData: { mimeType, data },
});

function contentOf(turn: Turn): Loose {
  switch (turn.role) {
    case 'assistant':
      return { role: 'model', parts: turn.turn };
    case 'results':
      return {
        role: 'user',
        parts: turn.results.map(({ id, name, text, image }) => ({
          functionResponse: { id, name, response: { output: text }, ...(image && { parts: [inline(image)] }) },
        })),
      };
    case 'user':
      return {
        role: 'user',
        parts: [
          { text: turn.text },
          ...(turn.image ? [inline(turn.image)] : []),
          ...(turn.pdf ? [inline(turn.pdf)] : []),
        ],
      };
  }
}

function readFrames(status: number, frames: readonly Loose[]): Reading {
  const failed = frames.find(({ error }) => error);
  if (failed) return failedReading(status, failed.error.message);
  const parts = frames.flatMap((frame) => frame.candidates?.[0]?.content?.parts ?? []);
  const reason = frames.map((frame) => frame.candidates?.[0]?.finishReason).findLast(Boolean);
  const usage = frames.map(({ usageMetadata }) => usageMetadata).findLast(Boolean);
  const calls = parts.filter(({ functionCall }) => functionCall);
  const texts = (isThought: boolean): string =>
    parts
      .filter((part) => part.text !== undefined && Boolean(part.thought) === isThought)
      .map(({ text }) => text)
      .join('');
  const finish = FINISH[reason] ?? (reason ? 'error' : null);
  return {
    status,
    text: texts(false),
    reasoning: texts(true),
    calls: calls.map(({ functionCall }) => ({
      id: functionCall.id,
      name: functionCall.name,
      arguments: functionCall.args,
    })),
    finish: finish === 'stop' && calls.length > 0 ? 'tools' : finish,
    usage: usage && {
      prompt: usage.promptTokenCount,
      completion: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
      cached: usage.cachedContentTokenCount ?? 0,
    },
    error: null,
    ended: reason !== undefined,
    turn: parts,
  };
}
