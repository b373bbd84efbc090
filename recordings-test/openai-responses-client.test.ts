/**
 * The Responses grammar as a client's: every recorded request means in the core what it says, every recorded answer is written
 * again as what it was, whole and streamed alike, and OpenAI's own client and OpenRouter's read every event of it.
 */
import { describe, expect, test } from 'bun:test';
import { StreamEvents$inboundSchema } from '@openrouter/sdk/models';
import { ResponseStream } from 'openai/lib/responses/ResponseStream';
import { unfold } from '../src/core/fold.ts';
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
} from '../src/core/json.ts';
import type { Usage } from '../src/core/usage.ts';
import type { ReplyHead, SettledUsage } from '../src/dialects/dialect.ts';
import { openAiResponses } from '../src/dialects/openai-responses/index.ts';
import type { WireResponsesRequest } from '../src/dialects/openai-responses/wire-types.ts';
import { unsealReasoning } from '../src/dialects/shared/reasoning-seal.ts';
import {
  bytesValue,
  callValue,
  lostMeanings,
  type Meaning,
  type MeaningKind,
  meaningsOfRequest,
  resultValue,
  toolValue,
} from './fingerprint.ts';
import { readResponse, readResponseStream } from './naive-responses.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { checkEach } from './replay-kit.ts';
import { responsesContextOf } from './responses-host.ts';

const { client, upstream } = openAiResponses;

const head: ReplyHead = {
  id: 'gen-1700000000-0123456789ABCDEFGHIJ',
  createdSeconds: 1_700_000_000,
  model: 'author/model',
  providerName: 'Host',
  excludeReasoning: false,
};

// ---- requests ----

/** What a body says, read as plainly as can be. */
function meaningsOf(body: JsonObject): Meaning[] {
  const meanings: Meaning[] = [];
  const add = (kind: MeaningKind, value: string, field: string): void => {
    // A tool that was deferred is told again when it was found.
    const isKnown = kind === 'tool' && meanings.some((known) => known.kind === 'tool' && known.value === value);
    if (!isKnown) meanings.push({ kind, value, field });
  };
  const names = new Map<string, string>();
  /** The texts; media are told apart. */
  const read = (content: Json | undefined, field: string): string[] => {
    if (typeof content === 'string') return [content];
    return (isJsonArray(content) ? content : []).filter(isJsonObject).flatMap((part) => {
      const address = stringAt(part, 'image_url') ?? stringAt(part, 'file_data') ?? stringAt(part, 'file_url');
      if (address !== undefined) add('media', addressValue(address), field);
      else if (stringAt(part, 'file_id') !== undefined) add('media', `id:${stringAt(part, 'file_id')}`, field);
      return stringAt(part, 'text') ?? stringAt(part, 'refusal') ?? [];
    });
  };
  const flat = (item: JsonObject): string => {
    const namespace = stringAt(item, 'namespace');
    return `${namespace ? `${namespace}__` : ''}${stringAt(item, 'name') ?? ''}`;
  };
  const addTool = (tool: Json, field: string, namespace = ''): void => {
    if (!isJsonObject(tool)) return;
    if (tool['type'] === 'namespace') {
      for (const inner of arrayAt(tool, 'tools') ?? []) addTool(inner, field, `${stringAt(tool, 'name')}__`);
    } else if (tool['type'] === 'function' || tool['type'] === 'custom') {
      const definition = objectAt(tool, 'function') ?? tool;
      add('tool', toolValue(`${namespace}${stringAt(definition, 'name')}`, definition['parameters']), field);
    }
  };
  const instructions = stringAt(body, 'instructions');
  if (instructions?.trim()) add('text', instructions, 'instructions');
  if (typeof body['input'] === 'string' && body['input'].trim()) add('text', body['input'], 'input');
  for (const [at, item] of (arrayAt(body, 'input') ?? []).entries()) {
    if (!isJsonObject(item)) continue;
    const field = `input[${at}]`;
    const callId = stringAt(item, 'call_id') ?? '';
    switch (item['type'] ?? 'message') {
      case 'message':
        for (const text of read(item['content'], field)) if (text.trim()) add('text', text, field);
        break;
      case 'function_call':
      case 'custom_tool_call':
        names.set(callId, flat(item));
        add('call', callValue(flat(item), item['arguments'] ?? item['input'] ?? ''), field);
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
        add('result', resultValue(names.get(callId) ?? '?', read(item['output'], field).join('')), field);
        break;
      case 'tool_search_call':
        if (callId) names.set(callId, 'tool_search');
        break;
      case 'additional_tools':
      case 'tool_search_output':
        for (const tool of arrayAt(item, 'tools') ?? []) addTool(tool, field);
    }
  }
  for (const tool of arrayAt(body, 'tools') ?? []) addTool(tool, 'tools');
  return meanings;
}

function addressValue(address: string): string {
  return address.startsWith('data:') ? bytesValue(address.slice(address.indexOf(',') + 1)) : `url:${address}`;
}

/** Fields that every recorded request has its words for in the core. */
function expectFields(wire: WireResponsesRequest): void {
  const { value, notes } = client.decodeRequest(wire);
  expect(value.maxOutputTokens ?? null).toBe(wire.max_output_tokens ?? null);
  expect(value.sampling.temperature ?? null).toBe(wire.temperature ?? null);
  expect(value.sampling.topP ?? null).toBe(wire.top_p ?? null);
  expect(value.stream).toBe(wire.stream === true);
  expect<string | undefined>(value.responseFormat?.type).toBe(wire.text?.format?.type);
  expect(value.reasoning?.effort).toBe(wire.reasoning?.effort ?? undefined);
  expect(value.toolChoice === undefined && value.options['server_tool_choice'] === undefined).toBe(!wire.tool_choice);
  const encrypted = (typeof wire.input === 'string' ? [] : wire.input).filter(
    (item) => item.type === 'reasoning' && stringAt({ ...item }, 'encrypted_content'),
  );
  const replayed = value.messages.flatMap((message) =>
    message.role === 'assistant' ? message.reasoningDetails.filter(({ type }) => type === 'reasoning.encrypted') : [],
  );
  // Reasoning that nothing follows is replayed to nobody, and that is noted.
  if (notes.every(({ code }) => code !== 'reasoning.dropped')) expect(replayed).toHaveLength(encrypted.length);
}

function parsed(request: Recording['request']): WireResponsesRequest | null {
  try {
    return client.parseRequest(request?.body ?? null);
  } catch {
    return null; // What needs stored responses: responses-requests.test.ts names each.
  }
}

// ---- answers ----

function settledOf(usage: Usage | undefined): SettledUsage {
  return {
    usage: usage ?? { counts: {}, estimated: true },
    costNanoUsd: 3n,
    promptCostNanoUsd: 1n,
    completionCostNanoUsd: 2n,
    isByok: false,
  };
}

/** Seals are asked for. */
const ASKED = client.parseRequest({ model: 'm', input: 'hi', include: ['reasoning.encrypted_content'] });

/** What an answer says that the core has words for; encryptions are compared apart. */
function said(response: JsonObject): unknown {
  const { encrypted: _, ...rest } = readResponse(response);
  return { ...rest, kinds: kindsOf(response) };
}

/** The order of the items; neighbours that the core cannot tell apart are one, and it does not place images in whole replies. */
function kindsOf(response: JsonObject): readonly string[] {
  const items = (arrayAt(response, 'output') ?? []).filter(isJsonObject).filter(isSaid);
  const kinds = items.map((item) => stringAt(item, 'type') ?? '').filter((kind) => kind !== 'image_generation_call');
  return kinds.filter((kind, at) => kind !== kinds[at - 1] || (kind !== 'message' && kind !== 'reasoning'));
}

function isSaid(item: JsonObject): boolean {
  const texts = (member: string) =>
    (arrayAt(item, member) ?? []).some((part) => isJsonObject(part) && (part['text'] || part['refusal']));
  switch (item['type']) {
    case 'message':
      return texts('content');
    case 'reasoning':
      return texts('summary') || texts('content') || Boolean(item['encrypted_content']);
    case 'function_call':
      return true;
    case 'custom_tool_call':
      return !stringAt(item, 'call_id')?.startsWith('xs_call_');
    case 'image_generation_call':
      return Boolean(item['result']);
    default:
      return false;
  }
}

function encryptionsOf(response: JsonObject): readonly string[] {
  return (arrayAt(response, 'output') ?? []).filter(isJsonObject).flatMap((item) => {
    const text = stringAt(item, 'encrypted_content');
    if (item['type'] !== 'reasoning' || !text) return [];
    const sealed = unsealReasoning(text);
    return sealed ? sealed.flatMap((detail) => (detail.type === 'reasoning.encrypted' ? detail.data : [])) : [text];
  });
}

/** @param isLive a stream encrypts its pieces anew for the final object */
function expectSame(written: JsonObject, source: JsonObject, isLive = false): void {
  expect(said(written)).toEqual(said(source));
  if (isLive) expect(encryptionsOf(written)).toHaveLength(encryptionsOf(source).length);
  else expect(encryptionsOf(written)).toEqual(encryptionsOf(source));
  const ids = (arrayAt(written, 'output') ?? []).filter(isJsonObject).map((item) => stringAt(item, 'id'));
  expect(new Set(ids).size).toBe(ids.length);
}

/** Both vendors' own readers over every event of a stream. */
async function expectReadable(text: string, final: JsonObject): Promise<void> {
  const events = text.split('\n\n').flatMap((frame) => {
    const data = frame.split('\n').find((line) => line.startsWith('data: {'));
    return data ? [data.slice('data: '.length)] : [];
  });
  const read = ResponseStream.fromReadableStream(new Blob([events.join('\n')]).stream());
  const response = await read.finalResponse();
  expect(response.status).toBe(final['status'] === 'incomplete' ? 'incomplete' : 'completed');
  expect<readonly unknown[]>(response.output.map(({ type }) => type)).toEqual(
    (arrayAt(final, 'output') ?? []).filter(isJsonObject).map((item) => item['type']),
  );
  for (const event of events) {
    // The vendor's own citations are more than OpenRouter's SDK knows.
    if (event.includes('"container_file_citation"')) continue;
    expect(JSON.stringify(StreamEvents$inboundSchema.parse(JSON.parse(event)))).not.toContain('"UNKNOWN"');
  }
}

interface Streamed {
  readonly text: string;
  readonly final: JsonObject;
}

async function checkAnswer(recording: Recording): Promise<'whole' | 'streamed' | null> {
  const { body, status } = recording.response;
  if (status !== null && status >= 400) return null;
  const context = responsesContextOf(recording);
  const whole = parseWhole(body);
  const naive = whole ? null : readResponseStream(body);
  if (naive && (naive.hasFailed || !naive.final)) return null;
  const source = whole ?? { ...naive?.final, output: naive?.items };
  if (source['status'] !== 'completed' && source['status'] !== 'incomplete') return null;
  const response = upstream.decodeResponse(source, context);
  const settled = settledOf(response.usage);
  const written = client.encodeResponse(response, head, settled, ASKED);
  expectSame(written, source);
  const streamed = (events: Parameters<ReturnType<typeof client.openEncoder>['push']>[0][]): Streamed => {
    const encoder = client.openEncoder(head, ASKED);
    const text = events.map((event) => encoder.push(event)).join('') + encoder.final(settled);
    const { final } = readResponseStream(text);
    if (!final) throw new Error('the stream has no end');
    return { text, final };
  };
  const unfolded = streamed(unfold(response));
  expectSame(unfolded.final, source);
  if (whole) await expectReadable(unfolded.text, unfolded.final);
  else {
    const decoder = upstream.openDecoder(context);
    const events = readResponseStream(body).events.flatMap((event) => decoder.push({ data: JSON.stringify(event) }));
    const live = streamed([...events, ...decoder.end('upstream-end').events]);
    if (recording.id !== CONTRADICTS_ITSELF) expectSame(live.final, source, true);
    await expectReadable(live.text, live.final);
  }
  return whole ? 'whole' : 'streamed';
}

/** Cut short by its project: the pieces say another text than the whole. What was streamed stands. */
const CONTRADICTS_ITSELF = 'openai_responses_17d6d293150561';

function parseWhole(text: string): JsonObject | null {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

describe.skipIf(!haveRecordings)('the Responses face on recorded traffic', () => {
  test('every request means what it says', () => {
    let requests = 0;
    checkEach(recordingsOf('responses'), ({ request }) => {
      const wire = isJsonObject(request?.body) ? parsed(request) : null;
      if (!wire || !isJsonObject(request?.body)) return;
      const { value, notes } = client.decodeRequest(wire);
      expect(lostMeanings(meaningsOf(request.body), meaningsOfRequest(value), notes)).toEqual([]);
      expectFields(wire);
      requests++;
    });
    console.log(`responses requests: ${requests} mean what they say`);
    expect(requests).toBeGreaterThan(0);
  }, 60_000);

  test('every answer is written again as what it was, and both vendors read it', async () => {
    const failures: string[] = [];
    const counts = { whole: 0, streamed: 0 };
    for (const recording of recordingsOf('responses')) {
      try {
        const kind = await checkAnswer(recording);
        if (kind) counts[kind]++;
      } catch (thrown) {
        failures.push(`${recording.id}: ${thrown instanceof Error ? thrown.message.slice(0, 500) : String(thrown)}`);
      }
    }
    console.log(`responses answers written again: ${counts.whole} whole, ${counts.streamed} streamed`);
    expect(failures.slice(0, 20)).toEqual([]);
    expect(counts.whole * counts.streamed).toBeGreaterThan(0);
  }, 120_000);
});

test.if(!haveRecordings)('no recordings: nothing to replay', () => {
  expect(haveRecordings).toBe(false);
});
