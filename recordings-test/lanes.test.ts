/**
 * Every recorded chat answer through both lanes: relayed, and translated as if the host could not be relayed.
 * The caller must get the same answer and the ledger the same counts; where bytes are cut, both must say so alike.
 * Prints its counts by provider.
 */
import { afterAll, describe, expect, test } from 'bun:test';
import { seededRandom } from '../src/core/ids.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../src/core/json.ts';
import type { ClientDialect, RelayStream, ReplyHead, StreamMeter, UpstreamContext } from '../src/dialects/dialect.ts';
import { openAiChat } from '../src/dialects/openai-chat/index.ts';
import type { WireChatRequest } from '../src/dialects/openai-chat/wire-types.ts';
import { type ChatLane, type LaneTarget, openLane } from '../src/pipeline/lane.ts';
import { contextOf } from './hosts.ts';
import { answerOfStream, codeOf, plain, playInto, settledOf } from './lane-kit.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';

const ASKED = openAiChat.client.parseRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }] });
const head: ReplyHead = {
  id: 'gen-1700000000-0123456789ABCDEFGHIJ',
  createdSeconds: 1_700_000_000,
  model: 'author/model',
  providerName: 'Provider',
  excludeReasoning: false,
};
const wire: WireChatRequest = { model: 'author/model', messages: [{ role: 'user', content: 'Hi' }] };
/** The same dialect on the client's side, that will not relay. */
const translating: ClientDialect<WireChatRequest> = {
  ...openAiChat,
  relay: { ...openAiChat.relay, canRelay: () => false },
};

interface Lanes {
  readonly relay: ChatLane;
  readonly translate: ChatLane;
}

function lanesFor(recording: Recording, excludeReasoning = false): Lanes {
  const context = contextOf(recording, 'openai-chat');
  const target: LaneTarget = {
    provider: { name: context.host.providerName, dialect: openAiChat },
    endpoint: { contextLength: 128_000, maxOutputTokens: null, inputModalities: [], outputModalities: [] },
    context,
  };
  const shown = { ...head, excludeReasoning };
  return {
    relay: openLane({ dialect: openAiChat, wire, head: shown }, target),
    translate: openLane({ dialect: translating, wire, head: shown }, target),
  };
}

/** What a stream says of a host's body, its outcome and its counts. */
function play(stream: RelayStream, body: string, size: () => number, skims: boolean) {
  return { ...playInto(stream, body, { size, skims }), meter: stream.meter };
}

const READER: UpstreamContext = {
  upstreamModel: 'author/model',
  traits: {},
  host: {
    providerId: 'reader',
    providerName: 'Reader',
    usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: 'informative' },
    quirks: {},
  },
};

/** What the client's text says, read as any client of the grammar would. */
const answerOf = (text: string): Json => answerOfStream(openAiChat, READER, text);

function checkStream(recording: Recording): void {
  const { body } = recording.response;
  const random = seededRandom(body.length);
  const { relay, translate } = lanesFor(recording);
  const whole = () => body.length;
  const relayed = play(relay.streams.open(), body, whole, true);
  const translated = play(translate.streams.open(), body, whole, false);
  // However the bytes came, and whether or not the short cut over whole events was taken.
  for (const most of [1, 40, 700]) {
    const sizes = () => Math.ceil(random.next() * most);
    expect(play(relay.streams.open(), body, sizes, most > 1)).toEqual(relayed);
  }
  expectSame(relayed, translated);
  const [hidden, hiddenToo] = [lanesFor(recording, true).relay, lanesFor(recording, true).translate];
  expectSame(
    withoutContentFlag(play(hidden.streams.open(), body, whole, true)),
    withoutContentFlag(play(hiddenToo.streams.open(), body, whole, false)),
  );
  for (let i = 0; i < 6; i++) {
    // Half of the cuts fall anywhere, half near the end, where the proof stands.
    const reach = i % 2 === 0 ? body.length : Math.min(body.length, 1500);
    const kept = body.slice(0, body.length - 1 - Math.floor(random.next() * (reach - 1)));
    expectSame(play(relay.streams.open(), kept, whole, true), play(translate.streams.open(), kept, whole, false));
  }
}

type Played = ReturnType<typeof play>;

function expectSame(relayed: Played, translated: Played): void {
  expect(codeOf(relayed.outcome)).toBe(codeOf(translated.outcome));
  expect(plain(relayed.meter)).toEqual(plain(translated.meter));
  const isComplete = relayed.outcome === 'complete';
  const final = (lane: Played): string => lane.text + (isComplete ? usageFrame(lane.meter) : '');
  expect(answerOf(final(relayed))).toEqual(answerOf(final(translated)));
}

function usageFrame(meter: StreamMeter): string {
  return openAiChat.client.openEncoder(head, ASKED).final(settledOf(meter.usage));
}

/** Reasoning that nobody sees commits nobody: only the relay waits for what is shown. */
function withoutContentFlag(played: Played): Played {
  return { ...played, meter: { ...played.meter, hasContent: false } };
}

function checkWhole(recording: Recording, body: Json): void {
  const { relay, translate } = lanesFor(recording);
  const outcomes = [relay, translate].map((lane) => {
    try {
      return { reply: lane.decodeWhole(body) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
  const [relayed, translated] = outcomes;
  expect(relayed?.error).toBe(translated?.error);
  if (!relayed?.reply || !translated?.reply) return;
  expect(relayed.reply.told).toEqual(translated.reply.told);
  const settled = settledOf(translated.reply.told.usage);
  // The relay adds what nobody here knows, and changes nothing that the encoder says.
  expect(common(plain(relayed.reply.encode(settled)), plain(translated.reply.encode(settled)))).toEqual(
    plain(translated.reply.encode(settled)),
  );
}

/** The members of `value` that `like` has, at any depth. */
function common(value: Json | undefined, like: Json | undefined): Json {
  if (isJsonArray(value) && isJsonArray(like)) return value.map((item, i) => common(item, like[i]));
  if (!isJsonObject(value) || !isJsonObject(like)) return value ?? null;
  const kept: { [key: string]: Json } = {};
  for (const key of Object.keys(like)) if (key in value) kept[key] = common(value[key], like[key]);
  return kept satisfies JsonObject;
}

function parseWhole(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const tallies = new Map<string, { streams: number; wholes: number; failed: number }>();
const failures: string[] = [];

function check(recording: Recording): void {
  const tally = tallies.get(recording.provider) ?? { streams: 0, wholes: 0, failed: 0 };
  tallies.set(recording.provider, tally);
  const body = parseWhole(recording.response.body);
  try {
    if (body === undefined) {
      checkStream(recording);
      tally.streams++;
    } else {
      checkWhole(recording, body);
      tally.wholes++;
    }
  } catch (error) {
    tally.failed++;
    failures.push(`${recording.id}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1200));
  }
}

describe.skipIf(!haveRecordings)('both lanes on recorded chat traffic', () => {
  test('say the same to the caller and to the ledger', () => {
    for (const recording of recordingsOf('chat.completions')) {
      if ((recording.response.status ?? 200) < 400) check(recording);
    }
    expect(failures).toEqual([]);
  });
  afterAll(() => {
    for (const [provider, { streams, wholes, failed }] of tallies) {
      console.log(`lanes ${provider}: ${streams} streams and ${wholes} whole replies agree, ${failed} failed`);
    }
  });
});

test.if(!haveRecordings)('no recordings: nothing to replay', () => {
  expect(haveRecordings).toBe(false);
});
