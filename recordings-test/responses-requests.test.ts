/**
 * Requests in the Responses grammar: every recorded chat request said in it, every recorded Responses request relayed by value and
 * said again through the core. Nothing is lost without a note, and the rules that hosts refuse by are kept.
 */
import { describe, expect, test } from 'bun:test';
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
import type { UpstreamContext } from '../src/dialects/dialect.ts';
import type { ModelTraits } from '../src/dialects/host.ts';
import { openAiChat } from '../src/dialects/openai-chat/index.ts';
import { openAiResponses } from '../src/dialects/openai-responses/index.ts';
import type { WireResponsesRequest } from '../src/dialects/openai-responses/wire-types.ts';
import {
  bytesValue,
  callValue,
  canonical,
  lostMeanings,
  type Meaning,
  type MeaningKind,
  meaningsOfRequest,
  resultValue,
  toolValue,
} from './fingerprint.ts';
import { haveRecordings, recordingsOf } from './recordings.ts';
import { checkEach } from './replay-kit.ts';

const { client, upstream, relay } = openAiResponses;
const REASONS: ModelTraits = { reasoning: { mandatory: false, budget: false }, maxOutputTokens: 128_000 };

function contextOf(traits: ModelTraits): UpstreamContext {
  return {
    upstreamModel: 'model-1',
    traits,
    host: {
      providerId: 'openai',
      providerName: 'OpenAI',
      usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
      quirks: { developerRole: true, ownerTools: true },
    },
  };
}

// ---- reading bodies back ----

function meaningsOf(body: JsonObject): Meaning[] {
  const meanings: Meaning[] = [];
  const add = (kind: MeaningKind, value: string): void => {
    meanings.push({ kind, value, field: '' });
  };
  const names = new Map<string, string>();
  const readParts = (content: Json | undefined): string[] => {
    if (typeof content === 'string') return [content];
    return (isJsonArray(content) ? content : []).filter(isJsonObject).flatMap((part) => {
      const address = stringAt(part, 'image_url') ?? stringAt(part, 'file_data') ?? stringAt(part, 'file_url');
      if (address !== undefined) add('media', addressValue(address));
      if (stringAt(part, 'file_id') !== undefined) add('media', `id:${stringAt(part, 'file_id')}`);
      const sound = objectAt(part, 'input_audio');
      if (sound) add('media', bytesValue(stringAt(sound, 'data') ?? ''));
      return [stringAt(part, 'text') ?? stringAt(part, 'refusal') ?? ''];
    });
  };
  for (const item of itemsOf(body)) {
    const name = stringAt(item, 'name') ?? '';
    const callId = stringAt(item, 'call_id') ?? '';
    switch (item['type']) {
      case 'message':
        for (const text of readParts(item['content'])) if (text.trim() !== '') add('text', text);
        break;
      case 'function_call':
      case 'custom_tool_call':
        names.set(callId, name);
        add('call', callValue(name, item['arguments'] ?? item['input'] ?? ''));
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
        add('result', resultValue(names.get(callId) ?? '?', readParts(item['output']).join('')));
    }
  }
  for (const tool of (arrayAt(body, 'tools') ?? []).filter(isJsonObject)) {
    if (tool['type'] === 'function' || tool['type'] === 'custom') {
      add('tool', toolValue(stringAt(tool, 'name') ?? '', tool['parameters']));
    }
  }
  return meanings;
}

function addressValue(address: string): string {
  return address.startsWith('data:') ? bytesValue(address.slice(address.indexOf(',') + 1)) : `url:${address}`;
}

function itemsOf(body: JsonObject): readonly JsonObject[] {
  return (arrayAt(body, 'input') ?? []).filter(isJsonObject);
}

// ---- the rules that hosts refuse by, checked without the code under test ----

/** Recorded refusals: reasoning without what followed it, results without calls, tools of the chat grammar's form. */
function brokenRules(body: JsonObject): readonly string[] {
  const broken: string[] = [];
  const must = (holds: boolean, rule: string): void => {
    if (!holds) broken.push(rule);
  };
  must(body['store'] === false, 'nothing is stored');
  const called = new Set<string>();
  for (const [at, item] of itemsOf(body).entries()) {
    const callId = stringAt(item, 'call_id') ?? '';
    if (item['type'] === 'function_call' || item['type'] === 'custom_tool_call') called.add(callId);
    if (stringAt(item, 'type')?.endsWith('_output')) must(called.has(callId), 'a result follows its call');
    if (item['type'] !== 'reasoning') continue;
    must(typeof item['encrypted_content'] === 'string', 'reasoning is encrypted');
    const next = itemsOf(body)[at + 1];
    must(next !== undefined && next['role'] !== 'user' && next['role'] !== 'system', 'reasoning is followed');
  }
  for (const tool of (arrayAt(body, 'tools') ?? []).filter(isJsonObject)) {
    must(!isJsonObject(tool['function']), 'tools are flat');
    if (tool['type'] === 'function') must(isJsonObject(tool['parameters']), 'a function has parameters');
  }
  return broken;
}

describe.skipIf(!haveRecordings)('recorded requests', () => {
  test('of the chat grammar are said in this one without loss', () => {
    let said = 0;
    checkEach(recordingsOf('chat.completions'), ({ request, response }) => {
      if (!isJsonObject(request?.body)) return;
      let decoded: ReturnType<typeof openAiChat.client.decodeRequest>;
      try {
        decoded = openAiChat.client.decodeRequest(openAiChat.client.parseRequest(request.body));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError);
        expect(response.status).toBe(400);
        return;
      }
      if (openAiResponses.unsayable(decoded.value).length > 0) return;
      for (const traits of [{}, REASONS]) {
        const { value, notes } = upstream.encodeRequest(decoded.value, contextOf(traits));
        const lost = lostMeanings(meaningsOfRequest(decoded.value), meaningsOf(value.body), [
          ...decoded.notes,
          ...notes,
        ]);
        expect(lost).toEqual([]);
        expect(brokenRules(value.body)).toEqual([]);
      }
      said++;
    });
    console.log(`chat requests → openai-responses: ${said} said`);
    expect(said).toBeGreaterThan(0);
  }, 60_000);

  test('of this grammar are relayed by value, and said again through the core without loss', () => {
    let relayed = 0;
    const refusals = new Map<string, number>();
    checkEach(recordingsOf('responses'), ({ request }) => {
      if (!isJsonObject(request?.body)) return;
      let wire: WireResponsesRequest;
      try {
        wire = client.parseRequest(request.body);
      } catch (thrown) {
        const field = thrown instanceof GatewayError ? (thrown.details.field ?? '') : String(thrown);
        refusals.set(field, (refusals.get(field) ?? 0) + 1);
        return;
      }
      expectByValue(wire);
      expectSaidAgain(wire);
      relayed++;
    });
    console.log(`responses requests: ${relayed} relayed and said again, refused by field: ${[...refusals].join('; ')}`);
    // What needs stored responses, and nothing else.
    for (const field of refusals.keys()) {
      expect(field).toMatch(/^(previous_response_id|store|background|conversation|prompt|input\[\d+\])$/);
    }
  }, 60_000);
});

/** Every member as it was sent, but for what is ours to say and for reasoning that nobody could read back. */
function expectByValue(wire: WireResponsesRequest): void {
  const context = contextOf(REASONS);
  // Chat's form of tools is written anew.
  const isOdd = wire.tools?.some((tool) => isJsonObject(tool['function'])) === true;
  expect(relay.canRelay(context, wire)).toBe(!isOdd);
  if (isOdd) return;
  const { body } = relay.retarget(wire, context).value;
  const { model: _, store: __, include, stream, ...sent } = body;
  const { model: ____, store: _____, include: asked, stream: wished, stream_options: ______, ...source } = { ...wire };
  expect(stream ?? false).toBe(wished ?? false);
  for (const member of asked ?? []) expect(include).toContain(member);
  if (!asked) expect(include).toEqual(['reasoning.encrypted_content']);
  expect(canonical(withoutLost(sent))).toBe(canonical(withoutLost(source)));
}

/** A tier is the endpoint's to ask for, and an empty list of tools says nothing. */
function withoutLost({ service_tier: _, ...body }: JsonObject): JsonObject {
  const isSaid = ([field, value]: [string, Json | undefined]): boolean =>
    value !== null && !(field === 'tools' && isJsonArray(value) && value.length === 0);
  const kept = Object.fromEntries(Object.entries(body).filter(isSaid));
  if (!isJsonArray(kept['input'])) return kept;
  const items = kept['input'].filter(isJsonObject);
  const isReadable = (item: JsonObject): boolean =>
    item['type'] !== 'reasoning' || typeof item['encrypted_content'] === 'string';
  const hasLost = !items.every(isReadable);
  const input = items.filter(isReadable).map(({ id, ...item }) => (hasLost ? item : { id, ...item }));
  return { ...kept, input };
}

function expectSaidAgain(wire: WireResponsesRequest): void {
  const decoded = client.decodeRequest(wire);
  const { value, notes } = upstream.encodeRequest(decoded.value, contextOf(REASONS));
  const all = [...decoded.notes, ...notes];
  expect(lostMeanings(meaningsOfRequest(decoded.value), meaningsOf(value.body), all)).toEqual([]);
  expect(brokenRules(value.body)).toEqual([]);
  // What was encrypted here comes back here.
  const encryptions = (body: JsonObject): readonly string[] =>
    itemsOf(body).flatMap((item) => (item['type'] === 'reasoning' ? (stringAt(item, 'encrypted_content') ?? []) : []));
  const before = encryptions({ ...wire });
  const after = encryptions(value.body);
  if (all.every(({ code }) => code !== 'reasoning.dropped')) expect(after).toEqual(before);
  else expect(before).toEqual(expect.arrayContaining([...after]));
}

test.if(!haveRecordings)('no recordings: nothing to replay', () => {
  expect(haveRecordings).toBe(false);
});
