/**
 * OpenAI's grammar (https://platform.openai.com/docs/api-reference/embeddings), spoken by most hosts. It is the callers' own, so
 * fields that nobody knows go on by value, both ways.
 */
import type { EmbeddingsAnswer, EmbeddingsInput, EmbeddingsQuestion } from '../../core/embeddings.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { Usage } from '../../core/usage.ts';
import { fromInt8 } from '../../core/vector.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import type { HostProfile } from '../host.ts';
import { requestLike } from '../shared/client/whole-request.ts';
import { carriesError, decodeErrorValue } from '../shared/openai/errors.ts';
import { encodeMedia } from '../shared/openai/parts.ts';
import { decodeUsage } from '../shared/openai/usage.ts';
import type { WholeDialect } from '../whole.ts';
import { badAnswer, vectorsFor } from './answer.ts';
import { purposeOf } from './input-type.ts';

export const openAiEmbeddings: WholeDialect<'embeddings'> = {
  id: 'openai',
  encodeRequest,
  decodeResponse,
  unsayable,
};

function encodeRequest(question: EmbeddingsQuestion, context: UpstreamContext): Translated<UpstreamRequest> {
  const { quirks } = context.host;
  const own: JsonObject = {
    ...contentOf(question.inputs, context),
    dimensions: question.dimensions,
    input_type: inputTypeFor(question.inputType, context.host),
    // Numbers are written as the caller wants them, whatever comes back: a host that lacks the field is not asked.
    encoding_format: quirks.rejects?.includes('encoding_format') ? undefined : question.encoding,
  };
  return requestLike('/embeddings', own, question, context);
}

function inputTypeFor(inputType: string | undefined, { quirks }: HostProfile): string | undefined {
  if (inputType === undefined) return undefined;
  const purpose = purposeOf(inputType);
  return (purpose && quirks.inputTypes?.[purpose]) ?? inputType;
}

/** Always as a list, which every host takes (some take nothing else). */
function contentOf(inputs: readonly EmbeddingsInput[], { host }: UpstreamContext): JsonObject {
  if (!inputs.some(({ kind }) => kind === 'content')) return { input: inputs.map(plain) };
  if (host.quirks.embedsContent !== 'messages') return { input: inputs.map((input) => ({ content: partsOf(input) })) };
  return { messages: inputs.map((input) => ({ role: 'user', content: partsOf(input) })) };
}

function plain(input: EmbeddingsInput): Json {
  switch (input.kind) {
    case 'text':
      return input.text;
    case 'tokens':
      return input.tokens;
    case 'content':
      return partsOf(input);
  }
}

function partsOf(input: EmbeddingsInput): readonly JsonObject[] {
  if (input.kind === 'text') return [{ type: 'text', text: input.text }];
  return input.kind === 'content' ? input.parts.map((part) => encodeMedia(part, false)) : [];
}

function unsayable({ inputs }: EmbeddingsQuestion, { host }: UpstreamContext): readonly string[] {
  if (!inputs.some(({ kind }) => kind === 'content')) return [];
  const { embedsContent } = host.quirks;
  if (!embedsContent) return ['inputs other than text'];
  const isMessage = embedsContent === 'messages';
  return isMessage && inputs.length > 1 ? ['several inputs at once that are not all text'] : [];
}

/** Told in the contract's own words, or nobody's but ours to say. */
const SAID_BY_US: ReadonlySet<string> = new Set([
  'object',
  'data',
  'model',
  'id',
  'provider',
  'usage',
  'openrouter_metadata',
]);

function decodeResponse(body: Json, question: EmbeddingsQuestion, context: UpstreamContext): EmbeddingsAnswer {
  if (!isJsonObject(body)) throw badAnswer('answered without embeddings', context);
  const data = arrayAt(body, 'data');
  if (!data)
    throw carriesError(body) ? decodeErrorValue(body, context) : badAnswer('answered without embeddings', context);
  const read = context.host.quirks.int8Vectors ? fromInt8 : undefined;
  const usage = usageOf(objectAt(body, 'usage'), context.host);
  const upstreamId = stringAt(body, 'id');
  return {
    vectors: vectorsFor(question, inOrder(data), context, read),
    ...(usage && { usage }),
    ...(upstreamId !== undefined && { upstreamId }),
    extras: Object.fromEntries(Object.entries(body).filter(([member]) => !SAID_BY_US.has(member))),
  };
}

/** By `index`, which hosts that answer out of order set; a host that sets none answers in order. */
function inOrder(data: readonly Json[]): readonly (Json | undefined)[] {
  const placed = data.map((each, at) => {
    const member = isJsonObject(each) ? each : {};
    return { at: numberAt(member, 'index') ?? at, vector: member['embedding'] };
  });
  return placed.toSorted((a, b) => a.at - b.at).map(({ vector }) => vector);
}

/** Some hosts tell the total only: all of it is input. */
function usageOf(told: JsonObject | undefined, host: HostProfile): Usage | undefined {
  if (!told) return undefined;
  return decodeUsage(
    { ...told, prompt_tokens: told['prompt_tokens'] ?? told['total_tokens'], completion_tokens: 0 },
    host,
  );
}
