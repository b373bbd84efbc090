/**
 * The messages grammar as a client's: every recorded answer through both lanes, whole and streamed, at any split and never
 * complete when cut; every recorded request parsed, decoded and written again without losing anything. Prints its counts.
 */
import { describe, expect, test } from 'bun:test';
import { unfold } from '../src/core/fold.ts';
import { type Random, seededRandom } from '../src/core/ids.ts';
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
} from '../src/core/json.ts';
import { foldStream } from '../src/dialects/anthropic-messages/client/naive-client.fixture.ts';
import type { WireMessagesRequest } from '../src/dialects/anthropic-messages/client/schema.ts';
import { openMessagesEncoder } from '../src/dialects/anthropic-messages/client/stream-encoder.ts';
import { anthropicMessages } from '../src/dialects/anthropic-messages/index.ts';
import { brokenRules } from '../src/dialects/anthropic-messages/rules.ts';
import type { ClientDialect, RelayStream, ReplyHead } from '../src/dialects/dialect.ts';
import { contextWith } from '../src/dialects/shared/testing/context.ts';
import { openLane } from '../src/pipeline/lane.ts';
import {
  bytesValue,
  callValue,
  lostMeanings,
  type Meaning,
  meaningsOfMessagesBody,
  meaningsOfRequest,
  resultValue,
  toolValue,
} from './fingerprint.ts';
import { codeOf, type PlayOptions, plain, playInto, settledOf } from './lane-kit.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { Tally } from './tally.ts';

const { client, upstream } = anthropicMessages;
const context = contextWith({ usage: { cachedInput: 'beside-input' } });
const head: ReplyHead = {
  id: 'gen-1700000000-0123456789ABCDEFGHIJ',
  createdSeconds: 1_700_000_000,
  model: 'author/model',
  providerName: 'Host',
  excludeReasoning: false,
};
const ASKED: WireMessagesRequest = client.parseRequest({
  model: 'm',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'x' }],
});
/** The same dialect on the client's side, that will not relay. */
const translating: ClientDialect<WireMessagesRequest> = {
  ...anthropicMessages,
  relay: { ...anthropicMessages.relay, canRelay: () => false },
};

/** A proxy's retry spliced into the first attempt: half a tool call was already said and cannot be unsaid. */
const SPLICED = new Set(['anthropic_messages_ed579e57e9e776']);

function laneOf(dialect: ClientDialect<WireMessagesRequest>) {
  return openLane(
    { dialect, wire: ASKED, head },
    {
      provider: { name: 'Host', dialect: anthropicMessages },
      endpoint: { contextLength: 200_000, maxOutputTokens: null, inputModalities: [], outputModalities: [] },
      context,
    },
  );
}

/** What both lanes can say: blocks that a chat answer has no word for are the relay's alone. */
function shared(message: JsonObject): Json {
  const blocks = (arrayAt(message, 'content') ?? []).filter(isJsonObject);
  const kept: { [key: string]: Json | undefined }[] = [];
  for (const block of blocks) {
    if (!['text', 'thinking', 'redacted_thinking', 'tool_use'].includes(String(block['type']))) continue;
    const last = kept.at(-1);
    const citations = (arrayAt(block, 'citations') ?? [])
      .filter(isJsonObject)
      .flatMap((citation) =>
        citation['type'] === 'web_search_result_location'
          ? [{ url: citation['url'], title: citation['title'] || null, text: citation['cited_text'] ?? '' }]
          : [],
      );
    if (block['type'] === 'text') {
      if (block['text'] === '' && citations.length === 0) continue;
      if (last?.['type'] === 'text') {
        last['text'] = `${last['text']}${block['text']}`;
        last['citations'] = [...(arrayAt(last, 'citations') ?? []), ...citations];
      } else kept.push({ type: 'text', text: block['text'], citations });
      continue;
    }
    if (block['type'] === 'thinking' && !block['thinking'] && !block['signature']) continue;
    const { caller: _, toolset_name: __, ...rest } = block;
    kept.push(rest);
  }
  const usage = objectAt(message, 'usage') ?? {};
  return JSON.parse(
    JSON.stringify({
      id: message['id'],
      model: message['model'],
      role: message['role'],
      stop_reason: message['stop_reason'],
      content: kept,
      usage: Object.fromEntries(
        [
          'input_tokens',
          'output_tokens',
          'cache_read_input_tokens',
          'cache_creation_input_tokens',
          'cache_creation',
          'cost',
          'is_byok',
          'cost_details',
        ].map((name) => [name, usage[name]]),
      ),
    }),
  );
}

const ALWAYS = ['container', 'stop_details', 'stop_sequence', 'diagnostics', 'usage', 'provider', 'type', 'role'];
const ALWAYS_OF_USAGE = [
  'cache_creation',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'inference_geo',
  'output_tokens_details',
  'server_tool_use',
  'service_tier',
  'speed',
];

function expectWholeShape(message: JsonObject): void {
  for (const member of ALWAYS) expect([member, Object.hasOwn(message, member)]).toEqual([member, true]);
  const usage = objectAt(message, 'usage') ?? {};
  for (const member of ALWAYS_OF_USAGE) expect([member, Object.hasOwn(usage, member)]).toEqual([member, true]);
  for (const block of (arrayAt(message, 'content') ?? []).filter(isJsonObject)) {
    if (block['type'] === 'text') expect(Object.hasOwn(block, 'citations')).toBe(true);
    if (block['type'] === 'tool_use') expect(isJsonObject(block['caller'])).toBe(true);
    if (block['type'] === 'thinking') expect(typeof block['signature']).toBe('string');
  }
}

// ---- playing ----

/** What a stream says of a host's body, with what is told at its end, its outcome and its counts. */
function play(stream: RelayStream, body: string, options: PlayOptions) {
  const { text, outcome } = playInto(stream, body, options);
  const final = outcome === 'complete' ? stream.final(settledOf(stream.meter.usage)) : '';
  return { text: text + final, outcome: codeOf(outcome), meter: plainMeter(stream) };
}

const plainMeter = ({ meter }: RelayStream): JsonObject => JSON.parse(JSON.stringify(meter));

function checkStream(recording: Recording, random: Random): string {
  const { body } = recording.response;
  const open = (dialect: ClientDialect<WireMessagesRequest>) => laneOf(dialect).streams.open();
  const relayed = play(open(anthropicMessages), body, { skims: false });
  const translated = play(open(translating), body, { skims: false });
  for (const most of [1, 40, 700, body.length]) {
    const again = play(open(anthropicMessages), body, {
      size: () => Math.ceil(random.next() * most),
      skims: most > 1,
    });
    expect(again).toEqual(relayed);
  }
  expect(relayed.outcome).toBe(SPLICED.has(recording.id) ? 'provider.bad_answer' : 'complete');
  expectSameMeter(relayed.meter, translated.meter);
  expect(translated.outcome).toBe(relayed.outcome);
  if (relayed.outcome !== 'complete') return 'refused as spliced';
  const [ours, theirs] = [foldStream(relayed.text), foldStream(translated.text)];
  for (const { order, message } of [ours, theirs]) {
    expect([order[0], ...order.slice(-2)]).toEqual(['message_start', 'message_delta', 'message_stop']);
    expectWholeShape(message);
  }
  if (hasCompaction(ours.message)) return 'streamed, compacted';
  expect(shared(ours.message)).toEqual(shared(theirs.message));
  for (let i = 0; i < 8; i++) {
    const kept = body.slice(0, Math.floor(random.next() * body.indexOf('message_stop')));
    const [cut, cutToo] = [anthropicMessages, translating].map((dialect) =>
      play(open(dialect), kept, { reason: 'upstream-cut' }),
    );
    expect(cut?.outcome).not.toBe('complete');
    expect(cutToo?.outcome).toBe(cut?.outcome ?? '');
    if (cut && cutToo) expectSameMeter(cut.meter, cutToo.meter);
  }
  return 'streamed';
}

/** Tools that the host runs are content where they can be shown: only the relay is committed by them. */
function expectSameMeter(relayed: JsonObject, translated: JsonObject): void {
  expect({ ...relayed, hasContent: null }).toEqual({ ...translated, hasContent: null });
  expect(relayed['hasContent'] || !translated['hasContent']).toBe(true);
}

function hasCompaction(message: JsonObject): boolean {
  return isJsonArray(objectAt(message, 'usage')?.['iterations']);
}

function checkWhole(recording: Recording): string {
  const body: Json = JSON.parse(recording.response.body);
  if (!isJsonObject(body) || body['type'] === 'error' || (recording.response.status ?? 200) >= 400) return 'errors';
  const [relayed, translated] = [anthropicMessages, translating].map((dialect) => {
    const { told, encode } = laneOf(dialect).decodeWhole(body);
    return { told, message: JSON.parse(JSON.stringify(encode(settledOf(told.usage)))) };
  });
  if (!relayed || !translated) throw new Error('two lanes');
  expect(relayed.told).toEqual(translated.told);
  for (const { message } of [relayed, translated]) expectWholeShape(message);
  // Every member of the host's own answer survives, but those that are ours.
  for (const [member, value] of Object.entries(body)) {
    if (['id', 'model', 'usage', 'content', 'stop_reason', 'provider'].includes(member)) continue;
    expect([member, relayed.message[member]]).toEqual([member, value ?? null]);
  }
  expect((arrayAt(relayed.message, 'content') ?? []).map(typeOf)).toEqual((arrayAt(body, 'content') ?? []).map(typeOf));
  if (!hasCompaction(body)) expect(shared(relayed.message)).toEqual(shared(translated.message));
  // The stream that it could have been gives the same message.
  const response = upstream.decodeResponse(body, context);
  const encoder = openMessagesEncoder(head, ASKED);
  const text = unfold(response).map((event) => encoder.push(event));
  const folded = foldStream(text.join('') + encoder.final(settledOf(response.usage)));
  if (response.choices[0]?.annotations.length === 0) expect(plain(folded.message)).toEqual(plain(translated.message));
  else expect(shared(folded.message)).toEqual(shared(translated.message));
  return 'whole';
}

const typeOf = (block: Json): Json => (isJsonObject(block) ? (block['type'] ?? null) : null);

// ---- requests ----

/** What a messages body says, with the fields that a note about its loss names. */
function meaningsOfWire(body: JsonObject): Meaning[] {
  const meanings: Meaning[] = [];
  const add = (kind: Meaning['kind'], value: string, field: string): void => {
    if (kind !== 'text' || value.trim() !== '') meanings.push({ kind, value, field });
  };
  const names = new Map<string, string>();
  const readAll = (content: Json | undefined, field: string): void => {
    if (typeof content === 'string') add('text', content, field);
    else if (isJsonArray(content)) {
      for (const [at, block] of content.entries()) read(block, `${field}[${at}]`);
    }
  };
  const read = (block: Json, field: string): void => {
    if (!isJsonObject(block)) return;
    const source = objectAt(block, 'source') ?? {};
    switch (block['type']) {
      case 'text':
        add('text', stringAt(block, 'text') ?? '', field);
        return;
      case 'image':
      case 'document':
        if (source['type'] === 'text') add('text', stringAt(source, 'data') ?? '', field);
        else if (source['type'] === 'content') readAll(source['content'], `${field}.source.content`);
        else add('media', sourceValue(source), field);
        return;
      case 'tool_use': {
        const name = stringAt(block, 'name') ?? '';
        names.set(stringAt(block, 'id') ?? '', name);
        add('call', callValue(name, objectAt(block, 'input') ?? {}), field);
        return;
      }
      case 'tool_result': {
        const { content } = block;
        const inner = isJsonArray(content) ? content.filter(isJsonObject) : [];
        const texts = inner.flatMap((one) => (one['type'] === 'text' ? [stringAt(one, 'text') ?? ''] : []));
        const references = inner.some((one) => one['type'] === 'tool_reference' || one['type'] === 'document');
        const name = names.get(stringAt(block, 'tool_use_id') ?? '') ?? '?';
        const text = typeof content === 'string' ? content : texts.join('');
        // Documents and found tools become texts of the result.
        if (references) for (const one of texts) add('text', one, field);
        else add('result', resultValue(name, text), field);
        inner.forEach((one, at) => {
          if (one['type'] !== 'text') read(one, `${field}.content[${at}]`);
        });
      }
    }
  };
  readAll(body['system'], 'system');
  (arrayAt(body, 'messages') ?? []).forEach((message, at) => {
    if (isJsonObject(message)) readAll(message['content'], `messages[${at}].content`);
  });
  (arrayAt(body, 'tools') ?? []).forEach((tool, at) => {
    if (isJsonObject(tool) && isJsonObject(tool['input_schema'])) {
      add('tool', toolValue(stringAt(tool, 'name') ?? '', tool['input_schema']), `tools[${at}]`);
    }
  });
  return meanings;
}

function sourceValue(source: JsonObject): string {
  if (source['type'] === 'url') return `url:${stringAt(source, 'url')}`;
  if (source['type'] === 'file') return `id:${stringAt(source, 'file_id')}`;
  return bytesValue(stringAt(source, 'data') ?? '');
}

/** Members of a body and where its re-encoding says them. */
const SAID_AS: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  stop_sequences: 'stop_sequences',
  metadata: 'metadata',
  cache_control: 'cache_control',
  output_config: 'output_config',
  output_format: 'output_config',
  context_management: 'context_management',
  mcp_servers: 'mcp_servers',
  container: 'container',
  service_tier: 'service_tier',
};

function checkRequest(body: JsonObject, status: number | null): string {
  let wire: WireMessagesRequest;
  try {
    wire = client.parseRequest(body);
  } catch (thrown) {
    // Bodies that their own provider refused are refused here too.
    if (status === 400) return 'refused as the provider did';
    throw thrown;
  }
  const { value, notes } = client.decodeRequest(wire);
  const problems: string[] = [];
  const inCore = meaningsOfRequest(value).map((meaning) => ({ ...meaning, field: '' }));
  for (const lost of lostMeanings(meaningsOfWire(body), inCore, notes)) {
    if (
      isBillingLine(lost.value) ||
      inCore.some(({ kind, value }) => kind === 'result' && value.includes(lost.value.trim()))
    )
      continue;
    problems.push(`not decoded: ${lost.kind} of ${lost.field}: ${lost.value.slice(0, 120)}`);
  }
  const encoded = upstream.encodeRequest(value, context);
  const sent: Json = JSON.parse(JSON.stringify(encoded.value.body));
  if (!isJsonObject(sent)) throw new Error('a body is an object');
  for (const lost of lostMeanings(meaningsOfRequest(value), meaningsOfMessagesBody(sent), encoded.notes)) {
    problems.push(`not encoded: ${lost.kind} of ${lost.field}: ${lost.value.slice(0, 120)}`);
  }
  const fields = new Set([...notes, ...encoded.notes].map(({ field }) => field.split(/[.[]/)[0]));
  for (const [name, place] of Object.entries(SAID_AS)) {
    const said = body[name];
    // -1 is how older frameworks say that they leave it to the model.
    if (said === undefined || said === null || said === -1 || JSON.stringify(said) === '[]') continue;
    if (!(place in sent) && !fields.has(name) && !(name === 'output_config' && fields.has('reasoning')))
      problems.push(`${name} is neither sent nor noted`);
  }
  const known = new Set(['context_management', 'mcp_servers', 'container']);
  for (const rule of brokenRules(sent)) {
    if ([...known].some((name) => rule === `unknown field ${name}`) || rule.startsWith('tool ')) continue;
    problems.push(rule);
  }
  const relayed = anthropicMessages.relay.retarget(wire, context);
  for (const [name, said] of Object.entries(body)) {
    if (
      name === 'model' ||
      said === null ||
      JSON.stringify(said) === '[]' ||
      JSON.stringify(relayed.value.body[name]) === JSON.stringify(said)
    )
      continue;
    if (![...relayed.notes].some(({ field }) => field.startsWith(name)))
      problems.push(`${name} is not relayed by value`);
  }
  if (problems.length > 0) throw new Error(problems.slice(0, 4).join('; ').slice(0, 600));
  return 'said again';
}

const isBillingLine = (text: string): boolean => text.startsWith('x-anthropic-billing-header:');

describe.skipIf(!haveRecordings)('messages as a client grammar, on recorded traffic', () => {
  test('both lanes give the caller and the ledger the same answer', () => {
    const tally = new Tally();
    const random = seededRandom(7);
    for (const recording of recordingsOf('messages')) {
      const isJson = recording.response.body.trimStart().startsWith('{');
      tally.check(recording, () => (isJson ? checkWhole(recording) : checkStream(recording, random)));
    }
    tally.print('recorded answers to messages clients');
    expect(tally.failures).toEqual([]);
  });

  test('every recorded request is read, and written again without loss', () => {
    const tally = new Tally();
    for (const recording of recordingsOf('messages')) {
      const body = recording.request?.body;
      if (!isJsonObject(body) || body['messages'] === undefined) continue;
      tally.check(recording, () => checkRequest(body, recording.response.status));
    }
    tally.print('recorded messages requests');
    expect(tally.failures).toEqual([]);
  });
});

test.if(!haveRecordings)('no recordings: nothing to replay', () => {
  expect(haveRecordings).toBe(false);
});
