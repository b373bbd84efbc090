/** What the model thought, from an answer to the next request. */
import { describe, expect, test } from 'bun:test';
import type { AssistantMessage, ReasoningDetail } from '../../../core/chat.ts';
import { isJsonArray, type JsonObject } from '../../../core/json.ts';
import { contextOf, encode, type HostChanges, play, responseOf, streamEvents, streamOf } from '../test-kit.ts';
import { decodeResponsesResponse } from './response.ts';

const summaryOf = (text: string): JsonObject => ({ type: 'summary_text', text });
const call: JsonObject = { id: 'fc', type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
const thought = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'reasoning',
  summary: [summaryOf(`Why ${id}.`), summaryOf('So.')],
  encrypted_content: `ENC-${id}`,
  ...more,
});
/** As an item goes back: encrypted content stands for itself. */
const sent = ({ id: _, ...item }: JsonObject): JsonObject => item;

function turnOf(
  output: readonly JsonObject[],
  { isStreamed = false, ...changes }: HostChanges & { isStreamed?: boolean } = {},
) {
  const response = responseOf({ output });
  const decoded = isStreamed
    ? play(streamOf(streamEvents(response, output)), [], 'upstream-end', contextOf(changes)).response
    : decodeResponsesResponse(response, contextOf(changes));
  const [choice] = decoded.choices;
  const turn: AssistantMessage = {
    role: 'assistant',
    content: [],
    toolCalls: choice?.toolCalls ?? [],
    reasoningDetails: choice?.reasoningDetails ?? [],
  };
  return turn;
}

function replay(turn: AssistantMessage, changes: HostChanges = {}): { items: unknown; notes: readonly string[] } {
  const { body, notes } = encode({ messages: [turn] }, changes);
  const input = isJsonArray(body['input']) ? body['input'] : [];
  return { items: input.slice(0, -1), notes };
}

describe('to its own host', () => {
  const hosts: readonly (readonly [string, HostChanges])[] = [
    ['the grammar’s owner', {}],
    ['a host with a public format', { providerId: 'azure', quirks: { reasoningFormat: 'azure-openai-responses-v1' } }],
    ['any other host', { providerId: 'lab' }],
  ];
  for (const isStreamed of [false, true]) {
    test.each(hosts)(`%s, ${isStreamed ? 'streamed' : 'whole'}: as it was, in order`, (_, changes) => {
      const output = [thought('rs_1'), thought('rs_2'), call];
      expect(replay(turnOf(output, { ...changes, isStreamed }), changes)).toEqual({
        items: [sent(thought('rs_1')), sent(thought('rs_2'))],
        notes: [],
      });
    });
  }

  test('fragments that a caller kept apart, and details without ids', () => {
    const turn = turnOf([thought('rs_1'), thought('rs_2'), call]);
    const fragments: ReasoningDetail[] = turn.reasoningDetails.flatMap((detail): ReasoningDetail[] =>
      detail.type === 'reasoning.summary' ? [...detail.summary].map((summary) => ({ ...detail, summary })) : [detail],
    );
    const nameless = fragments.map(({ id: _, ...detail }) => detail);
    for (const reasoningDetails of [fragments, nameless]) {
      expect(replay({ ...turn, reasoningDetails }).items).toEqual([sent(thought('rs_1')), sent(thought('rs_2'))]);
    }
  });

  test('text that is not encrypted goes back under its id', () => {
    const item = { id: 'rs', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] };
    const public_ = { quirks: { reasoningFormat: 'meta-responses-v1' } };
    expect(replay(turnOf([item, call], public_), public_)).toEqual({ items: [item], notes: [] });
  });

  test('a summary alone cannot be read back', () => {
    const turn = turnOf([thought('rs_1', { encrypted_content: null }), call]);
    expect(replay(turn)).toEqual({ items: [], notes: ['reasoning.dropped messages[0].reasoning_details'] });
  });

  test('what a turn thought and did not say is left out', () => {
    const { body, notes } = encode({ messages: [turnOf([thought('rs_1')])] });
    expect(body['input']).toEqual([]);
    expect(notes).toEqual(['reasoning.dropped messages']);
  });
});

describe('to another host', () => {
  const turn = turnOf([thought('rs_1'), call]);
  const sealed = turnOf([thought('rs_1'), call], { providerId: 'lab' });

  test('is left out with a note', () => {
    for (const each of [turn, sealed]) {
      expect(replay(each, { providerId: 'other' })).toEqual({
        items: [],
        notes: ['reasoning.dropped messages[0].reasoning_details'],
      });
    }
  });

  test('clients know the formats of its details', () => {
    expect(sealed.reasoningDetails.map(({ format }) => format)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  test('that takes reasoning as text: as text', () => {
    const plain = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Why rs_1.So.' }] };
    expect(replay(turn, { providerId: 'other', quirks: { reasoningReplay: 'reasoning_content' } }).items).toEqual([
      plain,
    ]);
    // Nobody knows whether it does: what another grammar's caller says of it is left out.
    expect(replay(turn, { providerId: 'other', quirks: { reasoningReplay: 'as-written' } }).items).not.toContainEqual(
      plain,
    );
  });

  test('that is a gateway: whole, with whose it is', () => {
    const { items } = replay(sealed, { providerId: 'gw', quirks: { gatewayFields: [] } });
    expect(items).toEqual([{ ...thought('rs_1'), format: 'lab-responses-v1' }]);
  });

  test('reasoning of no format', () => {
    const said: AssistantMessage = { ...turn, reasoningDetails: [], reasoning: 'Hm' };
    expect(replay(said)).toEqual({ items: [], notes: ['reasoning.dropped messages[0].reasoning'] });
  });
});

test('a gateway says whose an item is', () => {
  const changes = { providerId: 'gw', quirks: { gatewayFields: [] } };
  const turn = turnOf([thought('rs_1', { format: 'google-gemini-v1' }), call], changes);
  expect(new Set(turn.reasoningDetails.map(({ format }) => format))).toEqual(new Set(['google-gemini-v1']));
  expect(replay(turn, changes).items).toEqual([{ ...thought('rs_1'), format: 'google-gemini-v1' }]);
});
