/** Which requests go to a host as they were written, and which are written anew because hosts do not share their words. */
import { expect, test } from 'bun:test';
import type { Json, JsonObject } from '../../core/json.ts';
import type { HostQuirks, ModelTraits } from '../host.ts';
import { contextWith } from '../shared/testing/context.ts';
import { canRelay } from './can-relay.ts';
import { parseChatRequest } from './client-request.ts';

const user = (content: Json): JsonObject => ({ role: 'user', content });
const called = (call: JsonObject): JsonObject => ({ role: 'assistant', content: null, tool_calls: [call] });
const call: JsonObject = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };
const text: Json = { type: 'text', text: 'x' };
const image: Json = { type: 'image_url', image_url: { url: 'https://i.example/a.png' } };
const file: Json = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } };
const tool: Json = { type: 'function', function: { name: 'f' } };
const schema: JsonObject = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } };
const gateway: HostQuirks = { gatewayFields: ['provider'] };
const mistral: HostQuirks = { plainMediaUrls: true };

const rows: readonly (readonly [string, JsonObject, boolean, HostQuirks?, ModelTraits?])[] = [
  ['plain text', {}, true],
  ['media of the user', { messages: [user([text, image, file])] }, true],
  [
    'tools, a choice, a call and its result',
    {
      messages: [user('x'), called(call), { role: 'tool', tool_call_id: 'a', content: '1' }],
      tools: [tool],
      tool_choice: { type: 'function', function: { name: 'f' } },
    },
    true,
  ],
  ['an unknown field', { x_own: 1 }, true],
  ['reasoning between tags', {}, false, { thinkTags: true }],
  ['frames that repeat the text', {}, false, { cumulativeStream: true }],
  ['functions of before there were tools', { functions: [{ name: 'f' }] }, false],
  ['a function’s result', { messages: [user('x'), { role: 'function', name: 'f', content: '1' }] }, false],
  [
    'a function_call in an earlier turn',
    { messages: [{ role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } }] },
    false,
  ],
  ['a custom tool', { tools: [{ type: 'custom', custom: { name: 'f' } }] }, false],
  ['a tool of the gateway’s contract', { tools: [{ type: 'openrouter:web_search' }] }, false],
  ['a tool that one host knows', { tools: [{ type: 'builtin_function', function: { name: '$web_search' } }] }, true],
  ['the choice `any`', { tools: [tool], tool_choice: 'any' }, false],
  ['a choice in another grammar’s form', { tools: [tool], tool_choice: { type: 'tool', name: 'f' } }, false],
  [
    'a forced choice where the model cannot be forced',
    { tools: [tool], tool_choice: 'required' },
    false,
    {},
    { forcedToolUse: false },
  ],
  ['a schema where the model takes none', { response_format: schema }, false, {}, { jsonSchema: false }],
  [
    'a call without an id',
    { messages: [called({ type: 'function', function: { name: 'f', arguments: '{}' } })] },
    false,
  ],
  ['a call without arguments', { messages: [called({ ...call, function: { name: 'f', arguments: '' } })] }, false],
  [
    'a call with its arguments as an object',
    { messages: [called({ ...call, function: { name: 'f', arguments: { a: 1 } } })] },
    false,
  ],
  ['a result without its call’s id', { messages: [called(call), { role: 'tool', content: '1' }] }, false],
  [
    'a result with an image',
    { messages: [called(call), { role: 'tool', tool_call_id: 'a', content: [text, image] }] },
    false,
  ],
  ['a prefill', { messages: [user('x'), { role: 'assistant', content: 'y' }] }, true],
  [
    'a prefill that the host wants marked',
    { messages: [user('x'), { role: 'assistant', content: 'y' }] },
    false,
    { prefillField: 'prefix' },
  ],
  [
    'a prefill that the model refuses',
    { messages: [user('x'), { role: 'assistant', content: 'y' }] },
    false,
    {},
    { prefill: false },
  ],
  [
    'two user turns where turns must alternate',
    { messages: [user('x'), user('y')] },
    false,
    { strictAlternation: true },
  ],
  [
    'turns that alternate',
    { messages: [user('x'), { role: 'assistant', content: 'y' }, user('z')] },
    true,
    { strictAlternation: true },
  ],
  ['a file where files are documents', { messages: [user([text, file])] }, false, mistral],
  ['an image there', { messages: [user([text, image])] }, true, mistral],
  [
    'reasoning inside the content, where it is native',
    { messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: 'x' }, text] }, user('y')] },
    true,
    mistral,
  ],
  [
    'reasoning inside the content, elsewhere',
    { messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: 'x' }, text] }, user('y')] },
    false,
  ],
  [
    'a document, elsewhere',
    { messages: [user([{ type: 'document_url', document_url: 'https://d.example/a.pdf' }])] },
    false,
  ],
];

for (const [name, fields, expected, quirks = {}, traits = {}] of rows) {
  test(`${name}: ${expected ? 'relayed' : 'translated'}`, () => {
    const wire = parseChatRequest({ model: 'm', messages: [user('Hello')], ...fields });
    expect(canRelay(contextWith({ quirks, traits }), wire)).toBe(expected);
    // Another gateway of the whole contract is sent all of it, unless its streams must be taken apart.
    const apart = quirks.thinkTags || quirks.cumulativeStream;
    if (!apart) expect(canRelay(contextWith({ quirks: { ...quirks, ...gateway }, traits }), wire)).toBe(true);
  });
}
