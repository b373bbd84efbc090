/**
 * Gemini's own two ways to ask for embeddings (https://ai.google.dev/api/embeddings), one content or several, read as the question
 * that every host can be asked. OpenRouter's members beside them keep their meaning.
 */
import { z } from 'zod';
import type { EmbeddingsAnswer, EmbeddingsQuestion } from '../../core/embeddings.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { nanoUsdToNumber } from '../../core/money.ts';
import { countOf } from '../../core/usage.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { ReplayFace, ReplyHead, SettledUsage } from '../dialect.ts';
import { check, refusalBy } from '../shared/client/refusal.ts';
import { wholeFields } from '../shared/client/whole-request.ts';
import { zeroed } from '../shared/replay.ts';
import type { WholeClient, WholeRequest } from '../whole.ts';
import { parseEmbeddingsRequest } from './client.ts';

/** Google's JSON reads either spelling of a name; its clients write this one. */
const data = z.object({ mimeType: z.string().min(1), data: z.string().min(1) });
const part = z.object({ text: z.string().nullish(), inlineData: data.nullish() });
type Part = z.infer<typeof part>;

const one = z.object({
  content: z.object({ parts: z.array(part).min(1) }),
  taskType: z.string().nullish(),
  outputDimensionality: z.int().min(1).nullish(),
});
type One = z.infer<typeof one>;

const model = z.string().nullish();
export const embedContentFields = z.object({ ...one.shape, model, ...wholeFields });
export const batchEmbedContentsFields = z.object({ requests: z.array(one).min(1), model, ...wholeFields });

/** An answer that is given again costs nothing. */
const replay: ReplayFace = {
  whole(text) {
    const answer = tryParseJson(text);
    const usage = isJsonObject(answer) && answer['usageMetadata'];
    return usage ? JSON.stringify({ ...answer, usageMetadata: zeroed(usage) }) : text;
  },
};

/** `embedContent`: one content, one vector. */
export const geminiEmbedContent = clientOf(parseOne, (vectors) => ({ embedding: vectors[0] ?? null }));
/** `batchEmbedContents`: a vector for each request. */
export const geminiBatchEmbedContents = clientOf(parseBatch, (vectors) => ({ embeddings: vectors }));

function clientOf(
  parseRequest: (body: Json) => WholeRequest<'embeddings'>,
  write: (vectors: readonly JsonObject[]) => JsonObject,
): WholeClient<'embeddings'> {
  return {
    kind: 'embeddings',
    parseRequest,
    encodeResponse: ({ vectors }: EmbeddingsAnswer, _: EmbeddingsQuestion, head: ReplyHead, settled: SettledUsage) => ({
      ...write(vectors.map((values) => ({ values }))),
      usageMetadata: {
        promptTokenCount: countOf(settled.usage, 'promptTokens'),
        cost: nanoUsdToNumber(settled.costNanoUsd),
      },
      modelVersion: head.model,
    }),
    replay,
  };
}

function parseOne(body: Json): WholeRequest<'embeddings'> {
  const checked = check(embedContentFields, body);
  if (!checked.success) throw refusalBy(embedContentFields, body, 'is no request for an embedding');
  return asked(body, [checked.data]);
}

function parseBatch(body: Json): WholeRequest<'embeddings'> {
  const checked = check(batchEmbedContentsFields, body);
  if (!checked.success) throw refusalBy(batchEmbedContentsFields, body, 'is no request for embeddings');
  return asked(body, checked.data.requests);
}

/** Members of this grammar; what else there is, is the gateway's or nobody's. */
const OWN: ReadonlySet<string> = new Set(['requests', 'content', 'taskType', 'title', 'outputDimensionality']);

function asked(body: Json, requests: readonly One[]): WholeRequest<'embeddings'> {
  const beside = isJsonObject(body) ? Object.entries(body).filter(([name]) => !OWN.has(name)) : [];
  const [first] = requests;
  requests.forEach(({ taskType, outputDimensionality }, i) => {
    if (taskType === first?.taskType && outputDimensionality === first?.outputDimensionality) return;
    throw invalidRequest(`requests[${i}]`, 'must have the taskType and outputDimensionality of the first one');
  });
  const contents = requests.map(({ content }) => content.parts.map(partOf));
  const texts = contents.map((parts) => parts.flatMap(({ text }) => text ?? []).join(''));
  const isText = contents.every((parts) => parts.every(({ type }) => type === 'text'));
  return parseEmbeddingsRequest({
    ...Object.fromEntries(beside),
    input: isText ? texts : contents.map((content) => ({ content })),
    encoding_format: 'float',
    ...(first?.taskType && { input_type: first.taskType }),
    ...(first?.outputDimensionality && { dimensions: first.outputDimensionality }),
  });
}

type WrittenPart = { readonly type: string; readonly text?: string } & JsonObject;

/** The part as the question's own grammar writes it. */
function partOf({ text, inlineData }: Part): WrittenPart {
  if (!inlineData) return { type: 'text', text: text ?? '' };
  const { mimeType, data: base64 } = inlineData;
  const url = `data:${mimeType};base64,${base64}`;
  const [kind = '', format = ''] = mimeType.split('/', 2);
  if (kind === 'image') return { type: 'image_url', image_url: { url } };
  if (kind === 'audio') return { type: 'input_audio', input_audio: { data: base64, format } };
  return kind === 'video' ? { type: 'video_url', video_url: { url } } : { type: 'file', file: { file_data: url } };
}
