/** Every recorded chat request, said in the grammars of Cohere and Ollama: nothing lost without a note, their rules kept. */
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
import type { Note } from '../src/core/note.ts';
import { cohere } from '../src/dialects/cohere/index.ts';
import type { UpstreamContext, UpstreamDialect } from '../src/dialects/dialect.ts';
import type { ModelTraits } from '../src/dialects/host.ts';
import { ollama } from '../src/dialects/ollama/index.ts';
import { decodeChatRequest } from '../src/dialects/openai-chat/client-decode.ts';
import { parseChatRequest } from '../src/dialects/openai-chat/client-request.ts';
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

const REASONS: ModelTraits = { reasoning: { mandatory: false, budget: true }, maxOutputTokens: 32_000 };

function contextOf(traits: ModelTraits): UpstreamContext {
  return {
    upstreamModel: 'model-1',
    traits,
    host: {
      providerId: 'host',
      providerName: 'Host',
      usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
      quirks: {},
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
  for (const message of messagesOf(body)) {
    const { content } = message;
    const blocks: readonly Json[] = isJsonArray(content) ? content : [{ type: 'text', text: content ?? '' }];
    const parts = blocks.map(inWords).filter(isJsonObject);
    const texts = parts.flatMap((part) => (part['type'] === 'text' ? [String(part['text'])] : []));
    for (const image of arrayAt(message, 'images') ?? []) add('media', bytesValue(String(image)));
    for (const part of parts) {
      if (part['type'] === 'image_url') add('media', urlValue(String(objectAt(part, 'image_url')?.['url'])));
    }
    for (const call of (arrayAt(message, 'tool_calls') ?? []).filter(isJsonObject)) {
      const fn = objectAt(call, 'function') ?? {};
      names.set(String(call['id']), String(fn['name']));
      add('call', callValue(String(fn['name']), fn['arguments'] ?? {}));
    }
    if (message['role'] === 'tool') {
      add(
        'result',
        resultValue(
          stringAt(message, 'tool_name') ?? names.get(String(message['tool_call_id'])) ?? '?',
          texts.join(''),
        ),
      );
    } else for (const text of texts) if (text.trim() !== '') add('text', text);
  }
  for (const tool of (arrayAt(body, 'tools') ?? []).filter(isJsonObject)) {
    const fn = objectAt(tool, 'function') ?? {};
    add('tool', toolValue(String(fn['name']), fn['parameters']));
  }
  return meanings;
}

function messagesOf(body: JsonObject): readonly JsonObject[] {
  return (arrayAt(body, 'messages') ?? []).filter(isJsonObject);
}

function urlValue(url: string): string {
  return url.startsWith('data:') ? bytesValue(url.slice(url.indexOf(',') + 1)) : `url:${url}`;
}

/** Line breaks between the parts of a result mean nothing. */
function normalise(meanings: readonly Meaning[]): Meaning[] {
  return meanings.map((meaning) =>
    meaning.kind === 'result' ? { ...meaning, value: meaning.value.replaceAll('\n', '') } : meaning,
  );
}

// ---- the grammars' rules, checked without the code under test ----

type Rules = (body: JsonObject, must: (holds: boolean, rule: string) => void) => void;

const shared: Rules = (body, must) => {
  const roles = messagesOf(body).map(({ role }) => role);
  must(roles.length > 0, 'there are messages');
  must(
    roles.every((role, i) => role !== 'assistant' || roles[i - 1] !== 'assistant'),
    'one turn is one assistant message',
  );
  for (const tool of (arrayAt(body, 'tools') ?? []).filter(isJsonObject)) {
    must(isJsonObject(objectAt(tool, 'function')?.['parameters']), 'a function has parameters');
  }
  must(!('tools' in body) || (arrayAt(body, 'tools') ?? []).length > 0, 'no empty list of tools');
};

function isBetween(value: Json | undefined, least: number, most: number): boolean {
  return value === undefined || (typeof value === 'number' && value >= least && value <= most);
}

const ofCohere: Rules = (body, must) => {
  const messages = messagesOf(body);
  const open = new Set<string>();
  for (const [at, { role, content, tool_calls: calls, tool_call_id: id }] of messages.entries()) {
    must(role !== 'system' || (at === 0 && typeof content === 'string'), 'the system message is text and the first');
    must(role !== 'user' || (content !== '' && canonical(content) !== '[]'), 'a user message has content');
    must(role !== 'assistant' || content !== undefined || calls !== undefined, 'an assistant says or calls something');
    for (const call of isJsonArray(calls) ? calls.filter(isJsonObject) : []) open.add(String(call['id']));
    must(role !== 'tool' || open.has(String(id)), 'a result answers a call');
    must(role !== 'tool' || ['assistant', 'tool'].includes(String(messages[at - 1]?.['role'])), 'results follow calls');
  }
  must(isBetween(body['temperature'], 0, 1), 'temperature 0 to 1');
  must(isBetween(body['p'], 0.01, 0.99), 'p 0.01 to 0.99');
  must(isBetween(body['k'], 0, 500), 'k 0 to 500');
  must(isBetween(body['frequency_penalty'], 0, 1) && isBetween(body['presence_penalty'], 0, 1), 'penalties 0 to 1');
  must(body['frequency_penalty'] === undefined || body['presence_penalty'] === undefined, 'one penalty');
  must((arrayAt(body, 'stop_sequences') ?? []).length <= 5, 'five stops');
  must([undefined, 'REQUIRED', 'NONE'].includes(stringAt(body, 'tool_choice')), 'a known choice');
  must(body['tool_choice'] === undefined || body['tools'] !== undefined, 'a choice has tools');
};

const ofOllama: Rules = (body, must) => {
  must(typeof body['stream'] === 'boolean', 'stream is said');
  for (const { content, images, tool_calls: calls } of messagesOf(body)) {
    must(typeof content === 'string', 'content is text');
    must(
      (isJsonArray(images) ? images : []).every((image) => !String(image).startsWith('data:')),
      'bare base64',
    );
    for (const call of isJsonArray(calls) ? calls.filter(isJsonObject) : []) {
      must(isJsonObject(objectAt(call, 'function')?.['arguments']), 'arguments are an object');
    }
  }
};

/** Request fields that ask for something, and where each grammar says them; null = only a note can. */
const SAID: Readonly<Record<string, { readonly cohere: string | null; readonly ollama: string | null }>> = {
  temperature: { cohere: 'temperature', ollama: 'options' },
  top_p: { cohere: 'p', ollama: 'options' },
  top_k: { cohere: 'k', ollama: 'options' },
  seed: { cohere: 'seed', ollama: 'options' },
  stop: { cohere: 'stop_sequences', ollama: 'options' },
  max_tokens: { cohere: 'max_tokens', ollama: 'options' },
  max_completion_tokens: { cohere: 'max_tokens', ollama: 'options' },
  min_p: { cohere: null, ollama: 'options' },
  repetition_penalty: { cohere: null, ollama: 'options' },
  logprobs: { cohere: 'logprobs', ollama: 'logprobs' },
  response_format: { cohere: 'response_format', ollama: 'format' },
  reasoning_effort: { cohere: 'thinking', ollama: 'think' },
  logit_bias: { cohere: null, ollama: null },
  user: { cohere: null, ollama: null },
  metadata: { cohere: null, ollama: null },
  prediction: { cohere: null, ollama: null },
  store: { cohere: null, ollama: null },
  verbosity: { cohere: null, ollama: null },
};

/** Fields of the request that are neither in the body nor in a note. */
function forgotten(wire: JsonObject, body: JsonObject, id: 'cohere' | 'ollama', notes: readonly Note[]): string[] {
  return Object.entries(SAID).flatMap(([field, places]) => {
    const value = wire[field];
    const asksNothing =
      value === undefined ||
      value === null ||
      value === false ||
      (Array.isArray(value) && value.length === 0) ||
      (isJsonObject(value) && (Object.keys(value).length === 0 || value['type'] === 'text')) ||
      // A model that does not reason has nothing to turn off.
      value === 'none' ||
      value === 'default';
    const place = places[id];
    if (asksNothing || (place !== null && place in body)) return [];
    const paths = [field, field.replace('_completion', ''), field.replace('_effort', '')];
    return notes.some((note) => paths.some((path) => note.field.startsWith(path))) ? [] : [field];
  });
}

interface Row {
  passed: number;
  unsayable: number;
  refused: number;
}

function checkAll(dialect: UpstreamDialect, id: 'cohere' | 'ollama', traits: ModelTraits, rules: Rules): Row {
  const context = contextOf(traits);
  const row: Row = { passed: 0, unsayable: 0, refused: 0 };
  const failures: string[] = [];
  for (const recording of recordingsOf('chat.completions')) {
    const wire = recording.request?.body;
    if (!isJsonObject(wire)) continue;
    const decoded = decodeOrRefuse(wire);
    if (!decoded) {
      row.refused++;
      continue;
    }
    if (dialect.unsayable(decoded.value, context).length > 0) {
      row.unsayable++;
      expect(() => dialect.upstream.encodeRequest(decoded.value, context)).toThrow(GatewayError);
      continue;
    }
    const { value, notes } = dialect.upstream.encodeRequest(decoded.value, context);
    const all = [...decoded.notes, ...notes];
    const broken = new Set<string>();
    const must = (holds: boolean, rule: string): void => {
      if (!holds) broken.add(rule);
    };
    shared(value.body, must);
    rules(value.body, must);
    const lost = lostMeanings(normalise(meaningsOfRequest(decoded.value)), normalise(meaningsOf(value.body)), all);
    const problems = [
      ...lost.map((meaning) => `lost ${meaning.kind} ${meaning.field}: ${meaning.value.slice(0, 200)}`),
      ...broken,
      ...forgotten(wire, value.body, id, all).map((field) => `forgot ${field}`),
    ];
    if (problems.length === 0) row.passed++;
    else failures.push(`${recording.id}: ${problems.join('; ')}`);
  }
  expect(failures.slice(0, 20)).toEqual([]);
  return row;
}

/** A native request in the words of chat, as plainly as it can be said: what only the grammar knows keeps its name. */
function inWordsOfChat(wire: JsonObject): JsonObject {
  const { messages: _, p, k, tool_choice: choice, ...rest } = wire;
  return {
    ...rest,
    ...(p !== undefined && { top_p: p }),
    ...(k !== undefined && { top_k: k }),
    ...(typeof choice === 'string' && { tool_choice: choice.toLowerCase() }),
    messages: messagesOf(wire).map(({ thinking, tool_plan: plan, ...message }) => ({
      ...message,
      ...(isJsonArray(message['content']) && { content: message['content'].map(inWords) }),
      ...((plan ?? thinking) && { reasoning: plan ?? thinking }),
    })),
  };
}

function inWords(part: Json): Json {
  const data = isJsonObject(part) ? objectAt(objectAt(part, 'document') ?? {}, 'data') : undefined;
  return data ? { type: 'text', text: String(data['output'] ?? JSON.stringify(data)) } : part;
}

function encodeNative(
  dialect: UpstreamDialect,
  wire: JsonObject,
): { readonly body: JsonObject; readonly notes: readonly Note[] } {
  // Both grammars say the format in their own way, and as the caller wrote it.
  const { response_format: _, ...rest } = inWordsOfChat(wire);
  const decoded = decodeChatRequest(parseChatRequest(rest));
  const { value, notes } = dialect.upstream.encodeRequest(decoded.value, contextOf(REASONS));
  return { body: value.body, notes: [...decoded.notes, ...notes] };
}

function decodeOrRefuse(body: JsonObject): ReturnType<typeof decodeChatRequest> | undefined {
  try {
    return decodeChatRequest(parseChatRequest(body));
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'client.invalid_request') return undefined;
    throw thrown;
  }
}

describe.if(haveRecordings)('recorded chat requests in plain grammars', () => {
  test.each([
    ['a model that thinks', REASONS],
    ['one that does not', {}],
  ])('cohere, %s: nothing lost without a note, no rule broken', (_, traits) => {
    const row = checkAll(cohere, 'cohere', traits, ofCohere);
    console.log(`chat → cohere: ${row.passed} passed, ${row.unsayable} unsayable, ${row.refused} refused at the door`);
  });

  test('ollama: nothing lost without a note, no rule broken', () => {
    const row = checkAll(ollama, 'ollama', REASONS, ofOllama);
    console.log(`chat → ollama: ${row.passed} passed, ${row.unsayable} unsayable, ${row.refused} refused at the door`);
  });

  test('what SDKs sent to Cohere is sent again as they wrote it', () => {
    const count = checkEach(recordingsOf('cohere.chat'), ({ request }) => {
      if (!request?.url.includes('/v2/') || !isJsonObject(request.body)) return;
      const { body, notes } = encodeNative(cohere, request.body);
      expect(lostMeanings(meaningsOf(request.body), meaningsOf(body), notes)).toEqual([]);
      for (const field of ['documents', 'temperature', 'max_tokens', 'thinking', 'tool_choice']) {
        expect({ field, value: body[field] }).toEqual({ field, value: request.body[field] });
      }
      const plans = (wire: JsonObject): string[] =>
        messagesOf(wire).flatMap(({ tool_plan: plan }) => (plan ? [String(plan)] : []));
      const said = JSON.stringify(body['messages']);
      for (const plan of plans(request.body)) expect(said).toContain(JSON.stringify(plan).slice(1, -1));
    });
    expect(count).toBe(104);
  });

  test('what SDKs sent to Ollama is sent again as they wrote it', () => {
    checkEach(recordingsOf('ollama.chat'), ({ request }) => {
      if (!isJsonObject(request?.body)) return;
      const { body, notes } = encodeNative(ollama, request.body);
      expect(lostMeanings(meaningsOf(request.body), meaningsOf(body), notes)).toEqual([]);
      for (const field of ['options', 'think', 'format', 'tools']) {
        if (canonical(request.body[field]) === '[]' || canonical(request.body[field]) === '{}') continue;
        expect({ field, value: body[field] }).toEqual({ field, value: request.body[field] });
      }
      const thoughts = (wire: JsonObject): string[] => messagesOf(wire).map(({ thinking }) => String(thinking ?? ''));
      expect(thoughts(body)).toEqual(thoughts(request.body));
    });
  });
});
