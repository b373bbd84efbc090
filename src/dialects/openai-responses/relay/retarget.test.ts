import { describe, expect, test } from 'bun:test';
import type { Json, JsonObject } from '../../../core/json.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { openAiResponses } from '../index.ts';
import { sealedItem } from '../shared/sealed-items.ts';
import { contextOf, type HostChanges } from '../test-kit.ts';

const { client, relay } = openAiResponses;
const reasons: HostChanges = { traits: { reasoning: { mandatory: false, efforts: ['low', 'high'], budget: false } } };
const gateway: HostChanges = { quirks: { gatewayFields: ['provider'], reasoningStyle: 'reasoning_object' } };
const ENCRYPTED = ['reasoning.encrypted_content'];

function retarget(members: JsonObject, changes: HostChanges = {}): { body: JsonObject; notes: readonly string[] } {
  const wire = client.parseRequest({ model: 'author/model', input: 'Hi', ...members });
  const { value, notes } = relay.retarget(wire, contextOf(changes));
  expect(value.path).toBe('/responses');
  return { body: value.body, notes: notes.map(({ code, field }) => `${code} ${field}`) };
}

describe('the caller’s own value', () => {
  test('goes on by value, under the host’s model and not stored', () => {
    const members: JsonObject = {
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'U', prompt_cache_breakpoint: {} }] },
        { type: 'web_search_call', id: 'ws', status: 'completed', action: { type: 'search' } },
        { type: 'item_of_tomorrow', secret: 1 },
      ],
      instructions: 'I',
      tools: [
        { type: 'web_search', filters: {} },
        { type: 'function', name: 'f', parameters: {}, defer_loading: true },
      ],
      tool_choice: { type: 'web_search' },
      truncation: 'auto',
      text: { verbosity: 'low' },
      max_tool_calls: 3,
      temperature: 1,
      unknown_field: { deep: [1] },
    };
    const { body, notes } = retarget(members);
    expect(body).toEqual({ ...members, model: 'model-1', store: false });
    expect(notes).toEqual([]);
  });

  type Row = readonly [JsonObject, object, (readonly string[])?, HostChanges?];
  const rows: readonly Row[] = [
    [
      { provider: { order: ['x'] }, plugins: [], session_id: 's', trace: {} },
      { provider: undefined, session_id: undefined },
    ],
    [{ provider: { order: ['x'] } }, { provider: { order: ['x'] } }, [], gateway],
    [
      { models: ['a/b'], user: null, store: false },
      { models: undefined, user: undefined, store: false },
    ],
    [{ top_k: 1, seed: 2 }, { top_k: undefined }, ['parameter.dropped top_k', 'parameter.dropped seed']],
    [{ top_k: 1, seed: 2 }, { top_k: 1, seed: 2 }, [], gateway],
    [{ modalities: ['text'] }, { modalities: undefined }],
    [{ modalities: ['image'] }, { modalities: undefined }, ['parameter.dropped modalities']],
    [{ cache_control: { type: 'ephemeral' } }, { cache_control: undefined }, ['parameter.dropped cache_control']],
    [{ temperature: 2 }, { temperature: 1 }, ['parameter.changed temperature'], { quirks: { maxTemperature: 1 } }],
    [
      { max_output_tokens: 10 },
      { max_output_tokens: 16 },
      ['parameter.changed max_tokens'],
      { quirks: { minOutputTokens: 16 } },
    ],
    [{ service_tier: 'priority' }, { service_tier: undefined }, ['parameter.dropped service_tier']],
    [{ service_tier: 'auto' }, { service_tier: 'auto' }],
    [
      { tools: [], tool_choice: 'auto' },
      { tools: undefined, tool_choice: undefined },
    ],
    [
      { tools: [{ type: 'function', name: 'f', strict: true, cache_control: {} }] },
      { tools: [{ type: 'function', name: 'f' }] },
      ['parameter.dropped tools[0].cache_control', 'parameter.dropped tools[0].strict'],
      { quirks: { strictTools: false } },
    ],
    [{ odd: 1 }, { odd: undefined }, ['parameter.dropped odd'], { quirks: { refusesUnknownFields: true } }],
    [
      { stream: true },
      { stream: true, stream_options: { include_obfuscation: false } },
      [],
      { quirks: { obfuscationOption: true } },
    ],
    [
      { stream: true, stream_options: { include_obfuscation: true } },
      { stream_options: { include_obfuscation: true } },
    ],
    [{ stream_options: { include_obfuscation: true } }, { stream: undefined, stream_options: undefined }],
    // Reasoning: its encryption comes with it, unless the caller lists what it wants.
    [{}, { include: undefined }],
    [{}, { include: ENCRYPTED }, [], reasons],
    [{ include: ['x'] }, { include: ['x'] }, [], reasons],
    [{ include: ['x', ...ENCRYPTED] }, { include: ['x', ...ENCRYPTED] }, [], reasons],
    [
      { reasoning: { effort: 'low', summary: 'auto', context: 'all_turns' } },
      { reasoning: { effort: 'low', summary: 'auto', context: 'all_turns' } },
    ],
    [
      { reasoning: { effort: 'max' } },
      { reasoning: { effort: 'high' } },
      ['parameter.changed reasoning.effort'],
      reasons,
    ],
    [{ reasoning: { max_tokens: 500 }, max_output_tokens: 1000 }, { reasoning: { effort: 'medium' } }],
    [{ reasoning: { enabled: false } }, { reasoning: { effort: 'none' } }],
    [{ reasoning: { max_tokens: 500 } }, { reasoning: { max_tokens: 500 } }, [], gateway],
    [
      { reasoning: { effort: 'low' } },
      { reasoning: undefined },
      ['parameter.dropped reasoning'],
      { quirks: { reasoningStyle: 'none' } },
    ],
  ];
  test.each(rows.map((row, at) => [`${at} ${JSON.stringify(row[0])}`, row] as const))(
    '%s',
    (_, [members, wanted, told = [], changes]) => {
      const { body, notes } = retarget(members, changes);
      for (const [field, value] of Object.entries(wanted)) expect<unknown>(body[field]).toEqual(value);
      expect(notes).toEqual([...told]);
    },
  );
});

describe('items', () => {
  const thought: JsonObject = {
    id: 'rs',
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'S' }],
    encrypted_content: 'ENC',
  };
  const answer: JsonObject = { id: 'msg', type: 'message', role: 'assistant', status: 'completed', content: [] };
  const call: JsonObject = { id: 'fc', type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
  const { id: _, ...sent } = thought;
  const nameless = ({ id: __, ...item }: JsonObject): JsonObject => item;
  const dropped = ['reasoning.dropped input[0]'];
  const lab: HostChanges = { providerId: 'lab' };
  const itemsFor = (
    input: readonly Json[],
    changes: HostChanges = {},
  ): { input: unknown; notes: readonly string[] } => {
    const { body, notes } = retarget({ input }, changes);
    return { input: body['input'], notes };
  };
  const sealed = (item: JsonObject, changes: HostChanges): Json => sealedItem(item, contextOf(changes).host);

  test('what the grammar’s owner encrypted goes to it as it is, ids and all', () => {
    expect(itemsFor([thought, call, answer])).toEqual({ input: [thought, call, answer], notes: [] });
  });

  test('what another host encrypted is sealed for the client and comes back to that host alone', () => {
    const given = sealed(thought, lab);
    expect(given).not.toMatchObject({ encrypted_content: 'ENC' });
    expect(itemsFor([given, call], lab)).toEqual({ input: [sent, nameless(call)], notes: [] });
    for (const changes of [{}, { providerId: 'other' }]) {
      expect(itemsFor([given, call, answer], changes)).toEqual({
        input: [nameless(call), nameless(answer)],
        notes: dropped,
      });
    }
  });

  test('ids of a later turn stay', () => {
    const user = { role: 'user', content: 'U' };
    const { input } = itemsFor([sealed(thought, lab), call, user, answer]);
    expect(input).toEqual([nameless(call), user, answer]);
  });

  test('what the grammar’s owner encrypted goes to nobody else', () => {
    expect(itemsFor([thought, call], lab)).toEqual({ input: [nameless(call)], notes: dropped });
    expect(itemsFor([{ ...thought, format: 'lab-responses-v1' }, call], lab).input).toEqual([thought, call]);
  });

  test('a seal of another grammar’s reasoning goes to no host of this one, a broken one to nobody', () => {
    const claude = sealReasoning([
      { type: 'reasoning.text', text: 'T', signature: 'SIG', format: 'anthropic-claude-v1' },
    ]);
    for (const encrypted_content of [claude, claude.slice(0, -12)]) {
      expect(itemsFor([{ ...thought, encrypted_content }, answer]).notes).toEqual(dropped);
    }
  });

  test('reasoning that is not encrypted goes to hosts that are known to take its text', () => {
    const shown = { id: 'r', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] };
    const { encrypted_content: __, ...bare } = thought;
    expect(itemsFor([shown, call])).toEqual({ input: [nameless(call)], notes: dropped });
    expect(itemsFor([shown, call], lab)).toEqual({ input: [nameless(call)], notes: dropped });
    const reader = { quirks: { reasoningReplay: 'reasoning_content' } } as const;
    expect(itemsFor([shown, call], reader)).toEqual({ input: [shown, call], notes: [] });
    const undescribed = { quirks: { reasoningReplay: 'as-written' } } as const;
    expect(itemsFor([shown, call], undescribed)).toEqual({ input: [shown, call], notes: [] });
    expect(itemsFor([bare, call], lab).notes).toEqual(dropped);
    expect(itemsFor([bare, call], gateway).input).toEqual([bare, call]);
  });

  test('a conversation that a host compacted', () => {
    const compacted = { id: 'cmp', type: 'compaction', encrypted_content: 'ENC' };
    expect(itemsFor([compacted, answer]).input).toEqual([compacted, answer]);
    expect(itemsFor([sealed(compacted, lab)], lab).input).toEqual([compacted]);
    expect(itemsFor([sealed(compacted, lab)])).toEqual({ input: [], notes: dropped });
  });

  test('roles and cache marks as the host takes them', () => {
    const part = { type: 'input_text', text: 'U' };
    const developer = { role: 'developer', content: [{ ...part, cache_control: { type: 'ephemeral' } }] };
    expect(itemsFor([developer])).toEqual({
      input: [{ role: 'system', content: [part] }],
      notes: ['parameter.dropped input[0].content[0].cache_control'],
    });
    expect(itemsFor([developer], { quirks: { developerRole: true, cacheControl: true } }).input).toEqual([developer]);
  });
});
