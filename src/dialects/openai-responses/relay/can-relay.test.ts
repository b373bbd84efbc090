import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../../core/json.ts';
import { openAiResponses } from '../index.ts';
import { contextOf, type HostChanges } from '../test-kit.ts';

const { client, relay } = openAiResponses;
const schema = { type: 'json_schema', name: 'n', schema: { type: 'object' } };
const f = { type: 'function', name: 'f', parameters: {} };
const allowed = { type: 'allowed_tools', mode: 'auto', tools: [f] };
const unforced: HostChanges = { traits: { forcedToolUse: false } };
const prefill: JsonObject = {
  input: [
    { role: 'user', content: 'U' },
    { role: 'assistant', content: 'Once' },
  ],
};

const canRelay = (members: JsonObject, changes: HostChanges = {}): boolean =>
  relay.canRelay(contextOf(changes), client.parseRequest({ model: 'm', input: 'Hi', ...members }));

describe('is relayed', () => {
  const rows: readonly (readonly [JsonObject, HostChanges])[] = [
    [{}, {}],
    [{ tools: [f, { type: 'web_search' }, { type: 'of_tomorrow' }], tool_choice: { type: 'web_search' } }, {}],
    [{ tools: [f], tool_choice: 'required' }, {}],
    [{ tools: [f], tool_choice: allowed }, { quirks: { ownerTools: true } }],
    [{ tools: [{ type: 'custom', name: 'patch' }] }, { quirks: { ownerTools: true } }],
    [{ tools: [f], tool_choice: 'auto' }, unforced],
    [{ text: { format: schema } }, {}],
    [{ text: { format: { type: 'json_object' } } }, { traits: { jsonSchema: false } }],
    [{ input: [{ type: 'of_tomorrow' }, { role: 'user', content: [{ type: 'input_of_tomorrow' }] }] }, {}],
    [prefill, {}],
    [{ tools: [{ type: 'openrouter:datetime' }], reasoning: { exclude: true } }, { quirks: { gatewayFields: [] } }],
  ];
  test.each(rows)('%j to %j', (members, changes) => expect(canRelay(members, changes)).toBe(true));
});

describe('is translated', () => {
  const rows: readonly (readonly [JsonObject, HostChanges])[] = [
    [{}, { quirks: { cumulativeStream: true } }],
    [{ reasoning: { exclude: true } }, {}],
    [{ tools: [{ type: 'openrouter:datetime' }] }, {}],
    [{ tools: [{ type: 'function', function: { name: 'f' } }] }, {}],
    [{ tools: [f], tool_choice: { type: 'auto' } }, {}],
    [{ tools: [f], tool_choice: allowed }, {}],
    [{ tools: [{ type: 'custom', name: 'patch' }] }, {}],
    [{ tools: [{ type: 'namespace', name: 'box', tools: [f] }] }, {}],
    [{ input: [{ type: 'custom_tool_call', call_id: 'c', name: 'patch', input: '' }] }, {}],
    [{ input: [{ type: 'function_call', call_id: 'c', name: 'open', namespace: 'box', arguments: '' }] }, {}],
    [{ tools: [f], tool_choice: 'required' }, unforced],
    [{ text: { format: schema } }, { traits: { jsonSchema: false } }],
    [{ text: { format: { type: 'json_schema', schema: {} } } }, {}],
    [{ text: { format: { type: 'python' } } }, {}],
    [{ input: [{ role: 'user', content: [{ type: 'text', text: 'U' }] }] }, {}],
    [{ input: [{ role: 'user', content: [{ type: 'input_video', video_url: 'https://v' }] }] }, {}],
    [{ input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: { a: 1 } }] }, {}],
    [{ input: [{ type: 'function_call_output', output: 'R' }] }, {}],
    [prefill, { traits: { prefill: false } }],
  ];
  test.each(rows)('%j to %j', (members, changes) => expect(canRelay(members, changes)).toBe(false));
});
