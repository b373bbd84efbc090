/**
 * Recorded embeddings, reranks and moderations: every answer is read as an independent naive reading reads it, through the provider
 * files themselves; every error is one of the table; what clients really sent is parsed and written again with nothing lost.
 */
import { afterAll, describe, expect, test } from 'bun:test';
import { builtDialects, loadSources } from '../src/compose.ts';
import { loadSettings } from '../src/config/load.ts';
import type { EmbeddingsQuestion } from '../src/core/embeddings.ts';
import { GatewayError } from '../src/core/errors.ts';
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
} from '../src/core/json.ts';
import { cohere } from '../src/dialects/cohere/index.ts';
import type { UpstreamContext } from '../src/dialects/dialect.ts';
import { embeddingsClient } from '../src/dialects/embeddings/index.ts';
import { moderationClient } from '../src/dialects/moderation/index.ts';
import { ollama } from '../src/dialects/ollama/index.ts';
import { rerankClient } from '../src/dialects/rerank/index.ts';
import { buildSnapshot } from '../src/pipeline/snapshot.ts';
import type { LiveProvider } from '../src/pipeline/target.ts';
import { providers } from '../src/providers/registry.gen.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';

// ---- the providers, as an operator would switch them on ----

const CONFIG = `
providers:
  openai: { api_key: k }
  azure: { api_key: k, settings: { resource: lab } }
  cohere: { api_key: k }
  doubleword: { api_key: k }
  github-copilot: { api_key: k }
  google-ai-studio: { api_key: k }
  llamacpp: {}
  vllm: {}
  mistral: { api_key: k }
  ollama: {}
  openrouter: { api_key: k }
  perplexity: { api_key: k }
  venice: { api_key: k }
  voyageai: { api_key: k }
  lab: { dialect: openai-chat, base_url: "http://lab.invalid/v1", api_key: none, models: [m] }
  native-ollama: { dialect: ollama, base_url: "http://lab.invalid", api_key: none, models: [m] }
`;

const dialects = new Map([...builtDialects, cohere, ollama].map((dialect) => [dialect.id, dialect]));

function snapshotOf(text: string) {
  const outcome = loadSettings({
    file: 'lab.yaml',
    text,
    env: {},
    flags: {},
    knownProviders: providers,
    builtDialects: [...dialects.keys()],
  });
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('\n'));
  return buildSnapshot(outcome.settings, { ...loadSources(), dialects });
}

const PROVIDER_OF: Readonly<Record<string, string>> = {
  google: 'google-ai-studio',
  local: 'vllm',
  voyage: 'voyageai',
  github: 'github-copilot',
};

const snapshot = haveRecordings ? snapshotOf(CONFIG) : undefined;

function providerOf({ provider, request, response }: Recording): LiveProvider {
  const isNative = provider === 'ollama' && (request?.url.includes('/api/embed') || !response.body.includes('"data"'));
  const id = isNative ? 'native-ollama' : (PROVIDER_OF[provider] ?? provider);
  const found = snapshot?.provider(id);
  if (!found) throw new Error(`no provider ${id}`);
  return found;
}

function contextOf(provider: LiveProvider, model: string | null): UpstreamContext {
  return { upstreamModel: model ?? 'model-1', traits: {}, host: provider.host };
}

// ---- the naive reading ----

function floatsOf(vector: Json | undefined, isBytes: boolean): readonly number[] {
  if (typeof vector !== 'string') return JSON.parse(JSON.stringify(vector));
  const bytes = Buffer.from(vector, 'base64');
  if (isBytes) return Array.from(bytes, (_, at) => bytes.readInt8(at));
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

function vectorsIn(body: JsonObject): readonly (Json | undefined)[] {
  const { embeddings } = body;
  const data = arrayAt(body, 'data');
  if (data) return data.map((each) => (isJsonObject(each) ? each['embedding'] : undefined));
  if (isJsonArray(embeddings)) return embeddings.map((each) => (isJsonObject(each) ? each['values'] : each));
  if (isJsonObject(embeddings))
    return Object.values(embeddings).flatMap((list) => (isJsonArray(list ?? 0) ? list : []));
  return [objectAt(body, 'embedding')?.['values'] ?? body['embedding']];
}

function promptTokensIn(body: JsonObject): number | null {
  const billed = objectAt(objectAt(body, 'meta') ?? {}, 'billed_units') ?? {};
  const usage = objectAt(body, 'usage') ?? {};
  const told = usage['prompt_tokens'] ?? usage['total_tokens'] ?? body['prompt_eval_count'];
  const gemini = objectAt(body, 'usageMetadata')?.['promptTokenCount'];
  const cohere = billed['input_tokens'] === undefined ? undefined : sum(billed['input_tokens'], billed['image_tokens']);
  const count = told ?? gemini ?? cohere ?? (billed['images'] === undefined ? undefined : 0);
  return typeof count === 'number' ? count : null;
}

const sum = (...counts: readonly (Json | undefined)[]): number =>
  counts.reduce((all: number, one) => all + Number(one ?? 0), 0);

function bodyOf({ response }: Recording): JsonObject {
  const body: Json = JSON.parse(response.body);
  if (!isJsonObject(body)) throw new Error('the body is no object');
  return body;
}

// ---- the checks ----

const counts = new Map<string, number>();

/** Runs one check for each recording, counts what it says, and fails at the end with all failures. */
function checkAll(endpoint: string, check: (recording: Recording) => string): void {
  const failures: string[] = [];
  for (const recording of recordingsOf(endpoint)) {
    try {
      const key = `${endpoint} ${recording.provider}: ${check(recording)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    } catch (thrown) {
      failures.push(`${recording.id}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  expect(failures).toEqual([]);
}

const isError = ({ response }: Recording): boolean => (response.status ?? 200) >= 400;

const CODES = new Map([
  [400, ['provider.invalid_request', 'provider.credential', 'provider.not_found']],
  [401, ['provider.credential']],
  [403, ['provider.credential', 'provider.not_found']],
  [404, ['provider.not_found']],
  [500, ['provider.failed', 'provider.context_length']],
  [501, ['provider.failed']],
]);

function checkError({ response, model }: Recording, provider: LiveProvider): 'error' {
  const { status, body, headers } = response;
  const failure = { status: status ?? 0, body, headers, nowMs: 0 };
  const error = provider.dialect.upstream.decodeError(failure, contextOf(provider, model));
  expect(CODES.get(status ?? 0)).toContain(error.code);
  return 'error';
}

/** Reports of usage, filed under these endpoints by their path. */
const isReport = ({ request }: Recording): boolean => request?.url.includes('/organization/usage/') ?? false;

function checkReport(decode: () => unknown): 'no answer, and refused as such' {
  expect(decode).toThrow(GatewayError);
  return 'no answer, and refused as such';
}

const text = { kind: 'text', text: 'x' } as const;

function checkEmbeddings(recording: Recording): string {
  const provider = providerOf(recording);
  if (isError(recording)) return checkError(recording, provider);
  const door = provider.whole.embeddings;
  if (!door) throw new Error('no door');
  const context = contextOf(door.provider, recording.model);
  const body = bodyOf(recording);
  const written = vectorsIn(body);
  const asked: Omit<EmbeddingsQuestion, 'encoding'> = {
    inputs: written.map(() => text),
    gatewayFields: {},
    extras: {},
  };
  if (isReport(recording)) return checkReport(() => door.dialect.decodeResponse(body, asked, context));

  const expected = written.map((vector) => floatsOf(vector, recording.provider === 'perplexity'));
  const floats = door.dialect.decodeResponse(body, { ...asked, encoding: 'float' }, context);
  expect(floats.vectors).toEqual(expected);
  const packed = door.dialect.decodeResponse(body, { ...asked, encoding: 'base64' }, context);
  expect(packed.vectors.map((vector) => floatsOf(JSON.parse(JSON.stringify(vector)), false))).toEqual(
    expected.map((vector) => vector.map(Math.fround)),
  );
  expect(floats.usage?.counts['promptTokens'] ?? null).toBe(promptTokensIn(body));
  // One vector too few is no answer.
  const more = { ...asked, inputs: [...asked.inputs, text] };
  expect(() => door.dialect.decodeResponse(body, more, context)).toThrow(GatewayError);
  return 'answer';
}

function checkRerank(recording: Recording): string {
  const provider = providerOf(recording);
  if (isError(recording)) return checkError(recording, provider);
  const door = provider.whole.rerank;
  if (!door) throw new Error('no door');
  const body = bodyOf(recording);
  const asked = recording.request?.body ?? null;
  const sent = isJsonObject(asked) ? asked : {};
  const { question } = rerankClient.parseRequest({ ...sent, top_n: sent['top_n'] ?? sent['top_k'] });
  const answer = door.dialect.decodeResponse(body, question, contextOf(door.provider, recording.model));
  const listed = (arrayAt(body, 'results') ?? arrayAt(body, 'data') ?? []).filter(isJsonObject);
  const naive = listed.map((each) => ({
    index: Number(each['index']),
    relevanceScore: Number(each['relevance_score']),
  }));
  expect([...answer.results]).toEqual(naive.toSorted((a, b) => b.relevanceScore - a.relevanceScore));
  const searches = objectAt(objectAt(body, 'meta') ?? {}, 'billed_units')?.['search_units'];
  expect(answer.usage?.counts['searchUnits'] ?? null).toBe(typeof searches === 'number' ? searches : null);
  expect(answer.usage?.counts['promptTokens'] ?? null).toBe(promptTokensIn(body));
  const cost = objectAt(body, 'usage')?.['cost'];
  if (typeof cost === 'number') expect(Number(answer.usage?.reportedCostNanoUsd)).toBeCloseTo(cost * 1e9, 0);
  return 'answer';
}

function checkModerations(recording: Recording): string {
  const provider = providerOf(recording);
  if (isError(recording)) return checkError(recording, provider);
  const door = provider.whole.moderation;
  if (!door) throw new Error('no door');
  const body = bodyOf(recording);
  const context = contextOf(door.provider, recording.model);
  const results = (arrayAt(body, 'results') ?? []).filter(isJsonObject);
  const question = {
    inputs: results.map(() => [{ type: 'text', text: 'x' } as const]),
    gatewayFields: {},
    extras: {},
  };
  if (isReport(recording)) return checkReport(() => door.dialect.decodeResponse(body, question, context));
  const answer = door.dialect.decodeResponse(body, question, context);
  for (const [at, result] of results.entries()) {
    const verdict = answer.verdicts[at];
    const categories = objectAt(result, 'categories') ?? {};
    expect(verdict?.categories).toMatchObject(JSON.parse(JSON.stringify(categories)));
    expect(verdict?.scores).toMatchObject(JSON.parse(JSON.stringify(result['category_scores'])));
    expect(verdict?.flagged).toBe(Boolean(result['flagged'] ?? Object.values(categories).includes(true)));
    const types = result['category_applied_input_types'];
    expect(verdict?.extras).toEqual(types === undefined ? {} : { category_applied_input_types: types });
  }
  expect(answer.usage?.counts['promptTokens'] ?? null).toBe(promptTokensIn(body));
  return 'answer';
}

// ---- what clients sent ----

/** Members that say nothing are as good as absent, and one input is a list of one. */
function said(body: JsonObject): JsonObject {
  const entries = Object.entries(body).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    entries.map(([field, value]) => [
      field,
      field === 'input' && !isJsonArray(value ?? null) ? [value ?? null] : value,
    ]),
  );
}

/** Field of a host → field of the contract. */
const OURS: Readonly<Record<string, string>> = { output_dimension: 'dimensions', top_k: 'top_n' };

function checkRequest(recording: Recording): string {
  const provider = providerOf(recording);
  const sent = recording.request?.body ?? null;
  const isOfTheContract = !['cohere', 'google'].includes(recording.provider) && provider.id !== 'native-ollama';
  if (!isJsonObject(sent) || Object.keys(sent).length === 0 || isReport(recording)) return 'no request';
  if (!isOfTheContract && recording.endpoint === 'embeddings') return checkTranslated(recording, sent, provider);
  const wire = said(Object.fromEntries(Object.entries(sent).map(([field, value]) => [OURS[field] ?? field, value])));
  switch (recording.endpoint) {
    case 'embeddings': {
      if (wire['messages'] || arrayAt(wire, 'input')?.includes('')) {
        expect(() => embeddingsClient.parseRequest(wire)).toThrow(/^input/);
        return 'refused by the contract';
      }
      const door = provider.whole.embeddings;
      if (!door) throw new Error('no door');
      const { question } = embeddingsClient.parseRequest(wire);
      return sameAgain(
        door.dialect.encodeRequest(question, contextOf(door.provider, stringAt(wire, 'model') ?? '')),
        sent,
      );
    }
    case 'rerank': {
      const door = provider.whole.rerank;
      if (!door) throw new Error('no door');
      const { question } = rerankClient.parseRequest(wire);
      return sameAgain(
        door.dialect.encodeRequest(question, contextOf(door.provider, stringAt(wire, 'model') ?? '')),
        sent,
      );
    }
    default: {
      const door = provider.whole.moderation;
      if (!door) throw new Error('no door');
      if (recording.request?.url.includes('/chat/')) return 'asked in another grammar';
      const { question } = moderationClient.parseRequest(wire);
      return sameAgain(
        door.dialect.encodeRequest(question, contextOf(door.provider, stringAt(wire, 'model') ?? '')),
        sent,
      );
    }
  }
}

/** What a client of the host's own grammar sent, asked in ours: the host is sent the same content. */
function checkTranslated(recording: Recording, sent: JsonObject, provider: LiveProvider): string {
  const door = provider.whole.embeddings;
  if (!door) throw new Error('no door');
  const requests = (arrayAt(sent, 'requests') ?? (sent['content'] ? [sent] : [])).filter(isJsonObject);
  const [first = sent] = requests;
  const contents = requests.map((each) => objectAt(each, 'content') ?? {});
  const images = arrayAt(sent, 'images')?.map((url) => ({ content: [{ type: 'image_url', image_url: { url } }] }));
  const texts = contents.map((content) => ({
    content: (arrayAt(content, 'parts') ?? []).map((part) => ({ type: 'text', text: textAt(part) })),
  }));
  const wire = {
    model: recording.model,
    input: sent['input'] ?? sent['prompt'] ?? sent['texts'] ?? images ?? texts,
    dimensions: sent['output_dimension'] ?? first['outputDimensionality'] ?? first['output_dimensionality'],
    input_type: sent['input_type'] ?? first['taskType'],
  };
  const { question } = embeddingsClient.parseRequest(JSON.parse(JSON.stringify(wire)));
  const { value, notes } = door.dialect.encodeRequest(question, contextOf(door.provider, recording.model));
  expect(notes).toEqual([]);
  const { body } = value;
  if (requests.length === 0) {
    const field = ['texts', 'images'].find((name) => sent[name]);
    if (field) expect(body[field]).toEqual(sent[field]);
    else expect(body['input'] ?? null).toEqual([sent['input'] ?? sent['prompt'] ?? null].flat());
    expect(body['input_type'] ?? null).toEqual(sent['input_type'] ?? null);
    expect(body['output_dimension'] ?? null).toEqual(sent['output_dimension'] ?? null);
    return 'translated';
  }
  const told = (arrayAt(body, 'requests') ?? []).filter(isJsonObject);
  for (const [at, content] of contents.entries()) {
    const parts = arrayAt(objectAt(told[at] ?? {}, 'content') ?? {}, 'parts') ?? [];
    expect(parts.map(textAt).join('')).toBe((arrayAt(content, 'parts') ?? []).map(textAt).join(''));
    expect(told[at]?.['taskType']).toEqual(first['taskType']);
    expect(told[at]?.['outputDimensionality']).toEqual(wire.dimensions);
  }
  return 'translated';
}

const textAt = (part: Json): string => (isJsonObject(part) && stringAt(part, 'text')) || '';

/** What the host is known to refuse is the only thing that may be missing, and a note says so where it meant something. */
function sameAgain(
  { value, notes }: { readonly value: { readonly body: JsonObject }; readonly notes: readonly { field: string }[] },
  sent: JsonObject,
): string {
  const dropped = new Set([...notes.map(({ field }) => field), 'encoding_format', 'model']);
  const kept = Object.fromEntries(Object.entries(said(sent)).filter(([field]) => !dropped.has(field)));
  expect(JSON.parse(JSON.stringify(value.body))).toMatchObject(kept);
  return notes.length > 0 ? `same request but for ${notes.map(({ field }) => field).join()}` : 'same request';
}

describe.skipIf(!haveRecordings)('recorded kinds of one whole answer', () => {
  test('embeddings', () => checkAll('embeddings', checkEmbeddings));
  test('rerank', () => checkAll('rerank', checkRerank));
  test('moderations', () => checkAll('moderations', checkModerations));
  test.each(['embeddings', 'rerank', 'moderations'])('requests of %s', (endpoint) => checkAll(endpoint, checkRequest));
  afterAll(() => {
    for (const [key, count] of [...counts].sort()) console.log(`${String(count).padStart(5)}  ${key}`);
  });
});
