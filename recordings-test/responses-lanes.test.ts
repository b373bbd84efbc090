/**
 * Every recorded response through both lanes: relayed, and translated as if the host could not be relayed. The caller must get the
 * same answer and the ledger the same counts; the relay must keep every event by value in the form that strict clients take, and
 * what a host encrypted must come back to it, and to nobody else, with the next turn.
 */
import { describe, expect, test } from 'bun:test';
import { OpenResponsesResult$inboundSchema, StreamEvents$inboundSchema } from '@openrouter/sdk/models';
import { seededRandom } from '../src/core/ids.ts';
import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../src/core/json.ts';
import type {
  ClientDialect,
  Outcome,
  RelayStream,
  ReplyHead,
  StreamMeter,
  UpstreamContext,
} from '../src/dialects/dialect.ts';
import { openAiResponses } from '../src/dialects/openai-responses/index.ts';
import type { WireResponsesRequest } from '../src/dialects/openai-responses/wire-types.ts';
import { type ChatLane, type LaneTarget, openLane } from '../src/pipeline/lane.ts';
import { codeOf, plain, playInto, settledOf } from './lane-kit.ts';
import { readResponse, readResponseStream } from './naive-responses.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { checkEach } from './replay-kit.ts';
import { responsesContextOf } from './responses-host.ts';

const head: ReplyHead = {
  id: 'gen-1700000000-0123456789ABCDEFGHIJ',
  createdSeconds: 1_700_000_000,
  model: 'author/model',
  providerName: 'Provider',
  excludeReasoning: false,
};
const wire = openAiResponses.client.parseRequest({ model: 'author/model', input: 'Hi' });
/** The same dialect on the client's side, that will not relay. */
const translating: ClientDialect<WireResponsesRequest> = {
  ...openAiResponses,
  relay: { ...openAiResponses.relay, canRelay: () => false },
};

function lanesFor(context: UpstreamContext): { readonly relay: ChatLane; readonly translate: ChatLane } {
  const target: LaneTarget = {
    provider: { name: context.host.providerName, dialect: openAiResponses },
    endpoint: { contextLength: 128_000, maxOutputTokens: null, inputModalities: [], outputModalities: [] },
    context,
  };
  return {
    relay: openLane({ dialect: openAiResponses, wire, head }, target),
    translate: openLane({ dialect: translating, wire, head }, target),
  };
}

interface Played {
  readonly text: string;
  readonly outcome: Outcome;
  readonly meter: StreamMeter;
}

/** What a stream says of a host's body, to its last frame. */
function play(stream: RelayStream, body: string, size?: () => number, skims = true): Played {
  const { text, outcome } = playInto(stream, body, { ...(size && { size }), skims });
  const last =
    outcome === 'complete'
      ? stream.final(settledOf(stream.meter.usage))
      : stream.fail(stream.failure ?? failureOf(outcome));
  return { text: text + last, outcome, meter: stream.meter };
}

function failureOf(outcome: Outcome): Exclude<Outcome, 'complete'> {
  if (outcome === 'complete') throw new Error('no failure');
  return outcome;
}

/** Only a relayed host knows namespaces: elsewhere a tool's one name is made of both. */
function flat(value: unknown): Json {
  return JSON.parse(JSON.stringify(plain(value)).replace(/"name":"\w+__(\w+)"/g, '"name":"$1"'));
}

function checkStream(recording: Recording): void {
  const { body } = recording.response;
  const random = seededRandom(body.length);
  const context = responsesContextOf(recording);
  const { relay, translate } = lanesFor(context);
  const relayed = play(relay.streams.open(), body, undefined, false);
  expect(play(relay.streams.open(), body)).toEqual(relayed);
  for (const most of [1, 40, 700]) {
    expect(play(relay.streams.open(), body, () => Math.ceil(random.next() * most))).toEqual(relayed);
  }
  expectSame(relayed, play(translate.streams.open(), body));
  expectStrict(relayed.text, recording.id);
  if (relayed.outcome === 'complete') {
    expectByValue(recording, relayed.text);
    expectReplayed(relayed.text, readResponseStream(body).items, context);
  }
  for (let i = 0; i < 6; i++) {
    const reach = i % 2 === 0 ? body.length : Math.min(body.length, 3000);
    const kept = body.slice(0, body.length - 1 - Math.floor(random.next() * (reach - 1)));
    const cut = play(relay.streams.open(), kept);
    expectSame(cut, play(translate.streams.open(), kept));
    expectStrict(cut.text, recording.id);
  }
}

/** The first terminal event is the last; both lanes say the same answer, or the same failure. */
function expectSame(relayed: Played, translated: Played): void {
  expect(codeOf(relayed.outcome)).toBe(codeOf(translated.outcome));
  expect(flat(relayed.meter)).toEqual(flat(translated.meter));
  const [ours, theirs] = [relayed, translated].map(({ text }) => readResponseStream(text));
  if (relayed.outcome !== 'complete') {
    for (const read of [ours, theirs]) {
      expect(read?.events.at(-1)?.['type']).toBe('response.failed');
      expect(read?.final).toBeNull();
    }
    expect(relayed.text).not.toContain('[DONE]');
    return;
  }
  if (!ours?.final || !theirs?.final) throw new Error('no end was told');
  expect(saidBy(ours.final)).toEqual(saidBy(theirs.final));
  expect(relayed.text.endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
}

/** Translated, several items that another host encrypted in a row are sealed as one. */
function saidBy(response: JsonObject): unknown {
  const read = readResponse(response);
  return { ...read, encrypted: read.encrypted > 0 };
}

/** Written by hand by their projects: their events do not say which item they are about. */
const PLACELESS: ReadonlySet<string> = new Set(['openai_responses_8745cad424dcab', 'openai_responses_caeb605e37eca6']);

const KNOWN =
  /^(error|response\.(created|in_progress|completed|incomplete|failed|output_item|content_part|output_text|refusal|reasoning_|function_call_|custom_tool_).*)$/;

function isUnknown(value: object): boolean {
  return 'isUnknown' in value && value.isUnknown === true;
}

/** Every frame as OpenRouter's own client reads it, numbered upwards, under our ids. */
function expectStrict(text: string, id: string): void {
  const { events } = readResponseStream(text);
  let number = -1;
  for (const event of events) {
    expect(event['sequence_number']).toBeGreaterThan(number);
    number = Number(event['sequence_number']);
    // That client hands on as unknown what does not fit its schema.
    const isKnown = !PLACELESS.has(id) && KNOWN.test(String(event['type']));
    if (isKnown && isUnknown(StreamEvents$inboundSchema.parse(event))) {
      throw new Error(`not as the client wants it: ${JSON.stringify(event).slice(0, 2000)}`);
    }
    const response = objectAt(event, 'response');
    if (response) expect(response).toMatchObject({ id: 'resp_1700000000-0123456789ABCDEFGHIJ', model: 'author/model' });
  }
  expect(events.filter((event) => objectAt(objectAt(event, 'response') ?? {}, 'usage'))).toHaveLength(
    events.at(-1)?.['type'] === 'response.failed' ? 0 : 1,
  );
}

/** What the host says is there, but for what is ours to say. */
function expectByValue({ response }: Recording, text: string): void {
  const before = readResponseStream(response.body).events;
  const after = readResponseStream(text).events;
  expect(withoutOurs(after.slice(-before.length))).toEqual(withoutOurs(before));
}

/** An item that a host names anew in every event is relayed under the first of its names. */
function withoutOurs(events: readonly JsonObject[]): readonly JsonObject[] {
  const ids = new Map<unknown, unknown>();
  return events.map((event) => {
    const { sequence_number: _, response: __, logprobs: ___, name: ____, ...kept } = event;
    const { output_index: at, item_id: id } = kept;
    const item = objectAt(kept, 'item');
    if (!item) return id === undefined || at === undefined ? kept : { ...kept, item_id: stringOf(ids.get(at) ?? id) };
    if (event['type'] === 'response.output_item.added') ids.set(at, item['id']);
    return { ...kept, item: { ...item, id: stringOf(ids.get(at) ?? item['id']), encrypted_content: null } };
  });
}

const stringOf = (id: unknown): string | null => (typeof id === 'string' ? id : null);

/** The next turn: the host gets back what it encrypted, another host does not. */
function expectReplayed(text: string, said: readonly JsonObject[], context: UpstreamContext): void {
  const given = readResponseStream(text).final?.['output'];
  const encryptions = said.flatMap((item) => stringAt(item, 'encrypted_content') ?? []);
  if (!Array.isArray(given) || encryptions.length === 0) return;
  const next = openAiResponses.client.parseRequest({
    model: 'm',
    input: [...given, { role: 'user', content: 'Go on' }],
  });
  const sentTo = (host: UpstreamContext['host']): readonly (string | undefined)[] => {
    const { input } = openAiResponses.relay.retarget(next, { ...context, host }).value.body;
    if (!Array.isArray(input)) throw new Error('no input');
    return input.filter(isJsonObject).flatMap((item) => stringAt(item, 'encrypted_content') ?? []);
  };
  expect(sentTo(context.host)).toEqual(encryptions);
  expect(sentTo({ ...context.host, providerId: 'another', quirks: {} })).toEqual([]);
}

function checkWhole(recording: Recording, body: Json): void {
  const { relay, translate } = lanesFor(responsesContextOf(recording));
  const [relayed, translated] = [relay, translate].map((lane) => {
    try {
      return { reply: lane.decodeWhole(body) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
  expect(relayed?.error).toBe(translated?.error);
  if (!relayed?.reply || !translated?.reply) return;
  expect(flat(relayed.reply.told)).toEqual(flat(translated.reply.told));
  const settled = settledOf(relayed.reply.told.usage);
  const ours = plain(relayed.reply.encode(settled));
  const theirs = plain(translated.reply.encode(settled));
  if (!isJsonObject(ours) || !isJsonObject(theirs)) throw new Error('no response');
  expect(saidBy(ours)).toEqual(saidBy(theirs));
  expect(OpenResponsesResult$inboundSchema.safeParse(ours).error).toBeUndefined();
}

function parseWhole(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Its pieces say another text than its whole: relayed it says both, as it came. */
const CONTRADICTS_ITSELF = 'openai_responses_17d6d293150561';

describe.skipIf(!haveRecordings)('both lanes on recorded responses', () => {
  test('say the same to the caller and to the ledger', () => {
    const answered = [...recordingsOf('responses')].filter(
      ({ id, response }) => (response.status ?? 200) < 400 && id !== CONTRADICTS_ITSELF,
    );
    const count = checkEach(answered, (recording) => {
      const body = parseWhole(recording.response.body);
      if (body === undefined) checkStream(recording);
      else checkWhole(recording, body);
    });
    console.log(`responses lanes: ${count} recordings agree`);
  }, 60_000);
});

test.if(!haveRecordings)('no recordings: nothing to replay', () => {
  expect(haveRecordings).toBe(false);
});
