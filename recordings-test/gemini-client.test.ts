/**
 * Recorded Gemini traffic with us on the receiving side: every answer through both lanes says the same to caller and ledger, and
 * every request that a client really sent is understood and can be written again with nothing lost.
 */
import { afterAll, describe, expect, test } from 'bun:test';
import { GatewayError } from '../src/core/errors.ts';
import { seededRandom } from '../src/core/ids.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
} from '../src/core/json.ts';
import type { Note, NoteCode } from '../src/core/note.ts';
import { anthropicMessages } from '../src/dialects/anthropic-messages/index.ts';
import type { ClientDialect, RelayStream, ReplyHead } from '../src/dialects/dialect.ts';
import { argumentsText, resultText } from '../src/dialects/gemini/client/call-text.ts';
import { parseCountRequest } from '../src/dialects/gemini/client/parse.ts';
import { inOneSpelling } from '../src/dialects/gemini/client/proto-json.ts';
import { toJsonSchema } from '../src/dialects/gemini/client/schema.ts';
import { requestShape } from '../src/dialects/gemini/client/shapes.ts';
import type { WireGeminiRequest } from '../src/dialects/gemini/client/wire-request.ts';
import { gemini } from '../src/dialects/gemini/index.ts';
import { SKIP_SIGNATURE } from '../src/dialects/gemini/wire-types.ts';
import { type ChatLane, type LaneTarget, openLane } from '../src/pipeline/lane.ts';
import { canonical, lostMeanings, meaningsOfMessagesBody, meaningsOfRequest } from './fingerprint.ts';
import { answerOfStream, codeOf, plain, playInto, settledOf } from './lane-kit.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';

const { client, relay, upstream } = gemini;

const head: ReplyHead = {
  id: 'gen-1700000000-0123456789ABCDEFGHIJ',
  createdSeconds: 1_700_000_000,
  model: 'google/model',
  providerName: 'Google AI Studio',
  excludeReasoning: false,
};

function contextOf(model: string): LaneTarget['context'] {
  return {
    upstreamModel: model,
    traits: {},
    host: {
      providerId: 'google-ai-studio',
      providerName: 'Google AI Studio',
      usage: { cachedInput: 'inside-input', reasoning: 'beside-output', reportsCost: false },
      quirks: { reasoningFormat: 'google-gemini-v1' },
    },
  };
}

const modelOf = (recording: Recording): string => recording.model ?? 'gemini-2.5-flash';

// ---- answers ----

/** The same dialect on the client's side, that will not relay. */
const translating: ClientDialect<WireGeminiRequest> = { ...gemini, relay: { ...relay, canRelay: () => false } };

function laneOf(recording: Recording, dialect: ClientDialect<WireGeminiRequest>): ChatLane {
  const wire = client.parseRequest({ contents: [{ parts: [{ text: 'x' }] }], alt: 'sse' });
  const target: LaneTarget = {
    provider: { name: 'Google AI Studio', dialect: gemini },
    endpoint: { contextLength: 128_000, maxOutputTokens: null, inputModalities: [], outputModalities: [] },
    context: contextOf(modelOf(recording)),
  };
  return openLane({ dialect, wire, head }, target);
}

/** What a stream says of a host's body, with what is told at its end, its outcome and its counts. */
function play(stream: RelayStream, body: string, size?: () => number, skims = true) {
  const { text: said, outcome } = playInto(stream, body, { ...(size && { size }), skims });
  const last = outcome === 'complete' ? stream.final(settledOf(stream.meter.usage)) : '';
  return { said, text: said + last, outcome, meter: stream.meter };
}

/** What the client's text says, read as a host's answer would be. */
const answerOf = (text: string): Json => comparable(answerOfStream(gemini, contextOf('gemini-3-pro'), text));

/**
 * Ids of calls differ where the host gave none: each lane's reader makes its own. What was searched for, when and in which tier
 * is told by the relay only.
 */
function comparable(value: unknown): Json {
  const ids = new Map<string, string>();
  return JSON.parse(JSON.stringify(value), (key, member: Json) => {
    if (key === 'webSearches' || key === 'serviceTier' || key === 'createdSeconds') return undefined;
    // A blocked prompt is told as a filtered answer by the translation.
    if (key === 'nativeFinishReason' && member === 'MODEL_ARMOR') return 'SAFETY';
    if (key !== 'id' || typeof member !== 'string') return member;
    const known = ids.get(member) ?? `id${ids.size}`;
    ids.set(member, known);
    return known;
  });
}

type Played = ReturnType<typeof play>;

function expectSame(relayed: Played, translated: Played): void {
  expect(codeOf(relayed.outcome)).toBe(codeOf(translated.outcome));
  expect(plain(relayed.meter)).toEqual(plain(translated.meter));
  // A call that was not whole when its stream broke is not told by the translation.
  if (relayed.outcome === 'complete') expect(answerOf(relayed.text)).toEqual(answerOf(translated.text));
  for (const { said } of [relayed, translated]) expect(said).not.toContain('"usageMetadata"');
}

function checkStream(recording: Recording): void {
  const { body } = recording.response;
  const random = seededRandom(body.length);
  const open = (dialect: ClientDialect<WireGeminiRequest>): RelayStream => laneOf(recording, dialect).streams.open();
  const relayed = play(open(gemini), body, undefined, false);
  expect(play(open(gemini), body)).toEqual(relayed);
  expectSame(relayed, play(open(translating), body));
  for (const most of [1, 40, 700]) {
    expect(play(open(gemini), body, () => Math.ceil(random.next() * most))).toEqual(relayed);
  }
  for (let i = 0; i < 6; i++) {
    const reach = i % 2 === 0 ? body.length : Math.min(body.length, 1500);
    const kept = body.slice(0, body.length - 1 - Math.floor(random.next() * (reach - 1)));
    expectSame(play(open(gemini), kept), play(open(translating), kept));
  }
}

function checkWhole(recording: Recording, body: Json): void {
  const [relayed, translated] = [gemini, translating].map((dialect) => {
    try {
      const reply = laneOf(recording, dialect).decodeWhole(body);
      return { told: reply.told, value: plain(reply.encode(settledOf(reply.told.usage))) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
  expect(relayed?.error).toBe(translated?.error);
  if (!relayed?.value || !translated?.value) return;
  expect(relayed.told).toEqual(translated.told);
  const read = (value: Json): Json => comparable(upstream.decodeResponse(value, contextOf('gemini-3-pro')));
  expect(read(relayed.value)).toEqual(read(translated.value));
}

// ---- requests ----

/** A part as what it says, so that two spellings of one meaning are equal. */
function sayingOf(part: JsonObject, open: JsonObject[]): string[] {
  const signature = stringAt(part, 'thoughtSignature');
  const signed = signature && signature !== SKIP_SIGNATURE ? [`signature ${signature}`] : [];
  const call = objectAt(part, 'functionCall');
  if (call) {
    open.push(call);
    return [
      `call ${stringAt(call, 'name')} ${canonical(JSON.parse(argumentsText(objectAt(call, 'args'))))}`,
      ...signed,
    ];
  }
  const response = objectAt(part, 'functionResponse');
  if (response) {
    const { parts } = resultText(objectAt(response, 'response'), stringAt(response, 'name') ?? '');
    const nested = isJsonArray(response['parts']) ? response['parts'].filter(isJsonObject) : [];
    const words = parts.map((each) => (each.type === 'text' ? each.text : '')).join('\n');
    return [`result ${stringAt(response, 'name')} ${words}`, ...nested.flatMap((each) => sayingOf(each, open))];
  }
  const blob = objectAt(part, 'inlineData');
  if (blob)
    return [
      `data ${mimeOf(blob)} ${(stringAt(blob, 'data') ?? '').replaceAll('-', '+').replaceAll('_', '/')}`,
      ...signed,
    ];
  const file = objectAt(part, 'fileData');
  if (file) return [`file ${stringAt(file, 'fileUri')}`, ...signed];
  const text = stringAt(part, 'text') ?? '';
  if (part['thought'] === true && text !== '') return [`thought ${text}`, ...signed];
  return [...(text === '' ? [] : [`text ${text}`]), ...signed];
}

const mimeOf = (blob: JsonObject): string => (stringAt(blob, 'mimeType') ?? '').replace('audio/x-wav', 'audio/wav');

/** Turns of one role in a row are one turn; results of one turn have no order of their own, nor has a signature without a text. */
function conversationOf(body: JsonObject): string[] {
  const said: { role: string; lines: string[] }[] = [];
  const open: JsonObject[] = [];
  for (const content of isJsonArray(body['contents']) ? body['contents'].filter(isJsonObject) : []) {
    const role = content['role'] === 'model' ? 'model' : 'user';
    const parts = isJsonArray(content['parts']) ? content['parts'].filter(isJsonObject) : [];
    const lines = parts.flatMap((part) => sayingOf(part, open));
    const last = said.at(-1);
    if (last?.role === role) last.lines.push(...lines);
    else if (lines.length > 0) said.push({ role, lines });
  }
  return said.map(({ role, lines }) => {
    const apart = /^(?:result|signature) /;
    const unordered = lines.filter((line) => apart.test(line)).sort();
    const ordered = lines.filter((line) => !apart.test(line));
    return `${role}: ${[...unordered, ...(role === 'model' ? withJoinedTexts(ordered) : ordered)].join(' | ')}`;
  });
}

/** The pieces of a model's text are one text. */
function withJoinedTexts(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const goesOn = line.startsWith('text ') && joined.at(-1)?.startsWith('text ');
    if (goesOn) joined.push(`${joined.pop()}${line.slice('text '.length)}`);
    else joined.push(line);
  }
  return joined;
}

function toolsOf(body: JsonObject): Json[] {
  return (isJsonArray(body['tools']) ? body['tools'].filter(isJsonObject) : []).flatMap((tool): Json[] =>
    Object.entries(tool).flatMap(([name, value]): Json[] => {
      if (name !== 'functionDeclarations') return isJsonObject(value) ? [{ [name]: value }] : [];
      return (isJsonArray(value) ? value.filter(isJsonObject) : []).map((each) => {
        const schema = objectAt(each, 'parametersJsonSchema') ?? toJsonSchema(objectAt(each, 'parameters') ?? {});
        const { $schema: _, ...kept } = schema;
        return { name: each['name'], description: each['description'] || undefined, schema: kept };
      });
    }),
  );
}

const LIKE_NOTHING = new Set(['candidateCount=1', 'topK=0', 'responseMimeType="text/plain"', 'imageConfig={}']);

function configOf(body: JsonObject): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [key, value] of Object.entries(objectAt(body, 'generationConfig') ?? {})) {
    if (value === undefined || LIKE_NOTHING.has(`${key}=${canonical(value)}`)) continue;
    if (isJsonArray(value) && value.length === 0) continue;
    if (key === 'thinkingConfig' || key === 'responseModalities') continue;
    if (key === 'responseSchema' && isJsonObject(value)) said['schema'] = canonical(toJsonSchema(value));
    else if (key === 'responseJsonSchema' && isJsonObject(value)) {
      const { $schema: _, ...schema } = value;
      said['schema'] = canonical(schema);
    } else said[key] = canonical(value);
  }
  return said;
}

function difference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 60);
  return `…${a.slice(from, at + 200)}… → …${b.slice(from, at + 200)}…`;
}

const CHANGES: ReadonlySet<NoteCode> = new Set(['message.changed', 'part.dropped', 'part.converted']);

const SAME = ['safetySettings', 'labels', 'store', 'modelArmorConfig'];

/** What the first body says and the second does not, unless a note of the translation names it. */
function lost(before: JsonObject, after: JsonObject, notes: readonly Note[]): string[] {
  const isNoted = (...names: string[]): boolean =>
    notes.some(({ field }) => names.some((name) => field.includes(name)));
  const problems: string[] = [];
  const said = conversationOf(before);
  // A conversation that begins with the model's turn is given an opening, and the translation says so.
  const again = conversationOf(after).filter(
    (turn) => turn !== 'user: text (start of the conversation)' || !isNoted('messages'),
  );
  // A request of instructions alone makes them the user's turn, and says so; so do calls without results and Google's own tools.
  const isEmpty = said.length === 0 && isNoted('messages');
  const isChanged = notes.some(({ code, field }) => CHANGES.has(code) && /^(?:messages|contents)\[/.test(field));
  if (!isEmpty && !isChanged && canonical(said) !== canonical(again))
    problems.push(`contents: ${difference(canonical(said), canonical(again))}`);
  const systemOf = (body: JsonObject) =>
    conversationOf({ contents: [{ ...objectAt(body, 'systemInstruction'), role: 'user' }] });
  const [system = '', systemAgain = ''] = [systemOf(before).join(), systemOf(after).join()];
  if (!isEmpty && system !== systemAgain && !isNoted('response_format'))
    problems.push(`system: ${system.slice(0, 300)} → ${systemAgain.slice(0, 300)}`);
  const tools = toolsOf(after).map(canonical);
  for (const tool of toolsOf(before))
    if (!tools.includes(canonical(tool))) problems.push(`tool ${canonical(tool).slice(0, 300)}`);
  const config = configOf(after);
  for (const [key, value] of Object.entries(configOf(before))) {
    const names: Readonly<Record<string, string>> = {
      schema: 'response_format',
      responseMimeType: 'response_format',
      maxOutputTokens: 'max_tokens',
      topK: 'top_k',
      logprobs: 'top_logprobs',
    };
    if (config[key] !== value && !isNoted(names[key] ?? key))
      problems.push(`${key}: ${value.slice(0, 300)} → ${config[key]?.slice(0, 300)}`);
  }
  for (const key of SAME) {
    const value = before[key];
    if (
      value !== undefined &&
      !(isJsonArray(value) && value.length === 0) &&
      canonical(value) !== canonical(after[key])
    )
      problems.push(key);
  }
  return problems;
}

function parsed(recording: Recording, body: JsonObject): WireGeminiRequest | GatewayError {
  try {
    return client.parseRequest({ ...body, model: modelOf(recording), stream: recording.stream, alt: 'sse' });
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
}

function checkRequest(recording: Recording, body: JsonObject): string[] {
  const wire = parsed(recording, body);
  if (wire instanceof GatewayError) {
    return (recording.response.status ?? 200) < 400 ? [`refused, but it was answered: ${wire.message}`] : [];
  }
  const context = contextOf(modelOf(recording));
  const spelled = inOneSpelling(body, requestShape);
  const before: JsonObject = isJsonObject(spelled) ? spelled : {};
  const problems: string[] = [];
  const sent = relay.retarget(wire, context);
  const { model: _, ...expected } = before;
  const isNoted = (key: string): boolean => sent.notes.some(({ field }) => field.startsWith(key));
  const changes = byValue(expected, sent.value.body).filter((key) => !isNoted(key));
  if (changes.length > 0) problems.push(`relayed ${changes.join(', ')}`);
  client.demandOf(wire);
  if (wire.cachedContent) return problems;
  const decoded = client.decodeRequest(wire);
  const encoded = upstream.encodeRequest(decoded.value, context);
  return [...problems, ...lost(before, encoded.value.body, [...decoded.notes, ...encoded.notes])];
}

/** Members that the relay changed, but for what it must: roles that were not said, the stand-in for a missing signature. */
function byValue(before: JsonObject, after: JsonObject): string[] {
  const strip = (body: JsonObject): JsonObject => ({
    ...body,
    contents: (isJsonArray(body['contents']) ? body['contents'].filter(isJsonObject) : []).map((content) => ({
      ...content,
      role: content['role'] === 'model' ? 'model' : 'user',
      parts: (isJsonArray(content['parts']) ? content['parts'].filter(isJsonObject) : []).map((part) => {
        const { thoughtSignature, ...rest } = part;
        return thoughtSignature === SKIP_SIGNATURE ? rest : part;
      }),
    })),
  });
  const [a, b] = [strip(before), strip(after)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => {
    const value = a[key];
    return value !== undefined && value !== null && canonical(value) !== canonical(b[key]);
  });
}

// ---- the run ----

const ENDPOINTS = ['generateContent', 'streamGenerateContent'];

function parseWhole(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe.if(haveRecordings)('recorded Gemini traffic, received', () => {
  const tallies = new Map<string, number>();
  const count = (what: string): void => {
    tallies.set(what, (tallies.get(what) ?? 0) + 1);
  };

  test('both lanes say the same to the caller and to the ledger', () => {
    const failures: string[] = [];
    for (const endpoint of ENDPOINTS) {
      for (const recording of recordingsOf(endpoint)) {
        if ((recording.response.status ?? 200) >= 400) continue;
        const body = parseWhole(recording.response.body);
        try {
          if (body === undefined) checkStream(recording);
          else checkWhole(recording, body);
          count(`${recording.provider} ${body === undefined ? 'streams' : 'whole replies'} agree`);
        } catch (error) {
          failures.push(`${recording.id}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1500));
        }
      }
    }
    expect(failures.length > 0 ? [failures.length, ...failures.slice(0, 5)] : []).toEqual([]);
  });

  test('every request is understood, and written again with nothing lost', () => {
    const failures: string[] = [];
    for (const endpoint of ENDPOINTS) {
      for (const recording of recordingsOf(endpoint)) {
        const body = recording.request?.body;
        if (!isJsonObject(body)) continue;
        const problems = checkRequest(recording, body);
        if (problems.length > 0) failures.push(`${recording.id}: ${problems.join('; ')}`);
        else count(`${recording.provider} requests`);
      }
    }
    expect(failures.length > 0 ? [failures.length, ...failures.slice(0, 5)] : []).toEqual([]);
  });

  test('every request can be said to a host of another grammar, nothing lost without a note', () => {
    const failures: string[] = [];
    const context = { ...contextOf('claude-opus-4-5'), traits: { maxOutputTokens: 8192 } };
    for (const endpoint of ENDPOINTS) {
      for (const recording of recordingsOf(endpoint)) {
        const body = recording.request?.body;
        const wire = isJsonObject(body) ? parsed(recording, body) : undefined;
        if (!wire || wire instanceof GatewayError || wire.cachedContent) continue;
        const { value, notes } = client.decodeRequest(wire);
        if (anthropicMessages.unsayable(value).length > 0) continue;
        const encoded = anthropicMessages.upstream.encodeRequest(value, context);
        const problems = lostMeanings(meaningsOfRequest(value), meaningsOfMessagesBody(encoded.value.body), [
          ...notes,
          ...encoded.notes,
        ]);
        if (problems.length === 0) count(`${recording.provider} requests in the Messages grammar`);
        else failures.push(`${recording.id}: ${problems.map(({ kind, field }) => `${kind} ${field}`).join('; ')}`);
      }
    }
    expect(failures.length > 0 ? [failures.length, ...failures.slice(0, 8)] : []).toEqual([]);
  });

  test('every request to count tokens is understood; the estimate is of the right size', () => {
    for (const recording of recordingsOf('countTokens')) {
      const body = recording.request?.body;
      if (!isJsonObject(body) || (recording.response.status ?? 200) >= 400) continue;
      const estimate = client.demandOf(parseCountRequest(body)).promptTokensEstimate;
      const told: Json = JSON.parse(recording.response.body);
      const total = isJsonObject(told) ? numberAt(told, 'totalTokens') : undefined;
      expect(estimate).toBeGreaterThan((total ?? 0) / 3);
      expect(estimate).toBeLessThan((total ?? 0) * 3);
      count(`${recording.provider} counts`);
    }
  });

  afterAll(() => {
    for (const [what, number] of tallies) console.log(`gemini client · ${what}: ${number}`);
  });
});

test.if(!haveRecordings)('no recordings: nothing to replay', () => {
  expect(haveRecordings).toBe(false);
});
