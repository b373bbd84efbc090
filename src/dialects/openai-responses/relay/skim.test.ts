/** The relay's short cut: the same bytes and the same counts as without it, and only where events leave as they came. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { JsonObject } from '../../../core/json.ts';
import { openSseReader } from '../../../wire/sse.ts';
import type { RelayContext } from '../../dialect.ts';
import { testHead } from '../../shared/testing/context.ts';
import { openAiResponses } from '../index.ts';
import { contextOf, streamEvents } from '../test-kit.ts';
import type { WireResponsesRequest } from '../wire-types.ts';

const { client, relay } = openAiResponses;
const wire = client.parseRequest({ model: 'author/model-1', input: 'Hi' });
const context: RelayContext<WireResponsesRequest> = { ...contextOf(), head: testHead, wire };

function bodyOf(events: readonly JsonObject[]): string {
  return events.map((event) => `event: ${event['type']}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

/** `skimmed`: how many characters took the short cut. */
function play(body: string, sizes: readonly number[], skims: boolean) {
  const stream = relay.openRelay(context);
  const reader = openSseReader();
  const pieces: string[] = [];
  let skimmed = 0;
  const sink = (data: string, event: string | undefined): void => {
    pieces.push(stream.push(data, event));
  };
  const skim = (text: string, at: number): number => {
    const next = skims && stream.skim ? stream.skim(text, at, pieces) : at;
    skimmed += next - at;
    return next;
  };
  for (let at = 0, turn = 0; at < body.length; turn++) {
    const next = at + (sizes[turn % sizes.length] ?? body.length);
    reader.push(body.slice(at, next), sink, skim);
    at = next;
  }
  reader.end(sink);
  const { outcome } = stream.end('upstream-end');
  return { said: { text: pieces.join(''), outcome, meter: stream.meter }, skimmed };
}

const numbered = (events: readonly JsonObject[]): readonly JsonObject[] =>
  events.map((event, sequence_number) => ({ ...event, sequence_number }));

describe('the short cut', () => {
  const body = bodyOf(numbered(streamEvents()));
  const plain = play(body, [body.length], false).said;

  test('says the same, however the bytes are read', () => {
    expect(plain.outcome).toBe('complete');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), (sizes) => {
        expect(play(body, sizes, true).said).toEqual(plain);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  test('is taken for pieces of text and of reasoning, padded or not', () => {
    expect(play(body, [body.length], true).skimmed).toBeGreaterThan(400);
    const padded = streamEvents().map((event, at) =>
      String(event['type']).endsWith('.delta') ? { ...event, obfuscation: 'x'.repeat(at % 7) } : event,
    );
    const { said, skimmed } = play(bodyOf(numbered(padded)), [100_000], true);
    expect(skimmed).toBeGreaterThan(400);
    expect(said).toEqual(play(bodyOf(numbered(padded)), [100_000], false).said);
  });

  const isDelta = (event: JsonObject): boolean => String(event['type']) === 'response.output_text.delta';
  const texts = streamEvents().filter((event) => !String(event['type']).includes('reasoning'));
  test.each<[string, readonly JsonObject[]]>([
    ['events without numbers', texts.map(({ sequence_number: _, ...event }) => event)],
    ['events after an opening of ours', numbered(texts.slice(2))],
    ['events numbered from elsewhere', texts.map((event, at) => ({ ...event, sequence_number: at + 1 }))],
    [
      'pieces under another name than their item’s',
      numbered(texts.map((event) => (isDelta(event) ? { ...event, item_id: 'other' } : event))),
    ],
    ['pieces that lack what strict clients want', numbered(texts.map(({ logprobs: _, ...event }) => event))],
    [
      'pieces with log probabilities',
      numbered(texts.map((event) => (isDelta(event) ? { ...event, logprobs: [{ token: 'a', logprob: -1 }] } : event))),
    ],
  ])('is not taken for %s', (_, events) => {
    const { said, skimmed } = play(bodyOf(events), [100_000], true);
    expect(skimmed).toBe(0);
    expect(said).toEqual(play(bodyOf(events), [100_000], false).said);
  });

  test('is not taken where the event is named otherwise', () => {
    const unnamed = body.replaceAll(/event: .*\n/g, '');
    expect(play(unnamed, [unnamed.length], true).skimmed).toBe(0);
  });
});

test('read: the same events as when each is parsed', () => {
  const pool = streamEvents().slice(0, -1);
  // Other white space before every event: none has the form of another, and all say the same.
  const read = (events: readonly JsonObject[], parses: boolean) => {
    const decoder = openAiResponses.upstream.openDecoder(contextOf());
    const said = events.map((event, at) =>
      decoder.push({ data: (parses ? ' '.repeat(at + 1) : '') + JSON.stringify(event) }),
    );
    return { said, end: decoder.end('upstream-end') };
  };
  fc.assert(
    fc.property(fc.array(fc.nat({ max: pool.length - 1 }), { maxLength: 60 }), (picks) => {
      const events = numbered([...picks.map((at) => pool[at] ?? {}), ...streamEvents().slice(-1)]);
      expect(read(events, false)).toEqual(read(events, true));
    }),
    { seed: 6, numRuns: 100 },
  );
});
