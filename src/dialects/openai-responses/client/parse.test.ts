import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { parseResponsesRequest } from './parse.ts';

function refusalOf(body: Json): string {
  try {
    parseResponsesRequest(body);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'client.invalid_request') return error.message;
    throw error;
  }
  return 'taken';
}

const asked = (more: object): Json => JSON.parse(JSON.stringify({ model: 'a/b', input: 'hi', ...more }));

test('the value that comes back is the one that went in, with what nobody knows', () => {
  const body = asked({
    input: [
      { type: 'brand_new', z: 1 },
      { role: 'user', content: [{ type: 'input_hologram', depth: 3 }] },
    ],
    moderation: { model: 'm' },
  });
  expect<Json>(parseResponsesRequest(body)).toBe(body);
});

describe('nothing is stored: what would need it is refused with what to do instead', () => {
  test.each([
    [{ store: true }, 'store: responses are not stored here; leave it out or send false'],
    [
      { previous_response_id: 'resp_1' },
      'previous_response_id: nothing is stored here; send the whole conversation in `input` instead',
    ],
    [
      { conversation: { id: 'conv_1' } },
      'conversation: nothing is stored here; send the whole conversation in `input` instead',
    ],
    [
      { prompt: { id: 'pmpt_1' } },
      'prompt: prompt templates are not stored here; send the text in `instructions` and `input`, or use a preset',
    ],
    [{ background: true }, 'background: responses run while the caller waits; leave it out, and stream long answers'],
    [
      { input: [{ type: 'item_reference', id: 'msg_1' }] },
      'input[0]: a reference to a stored item: nothing is stored here; send the whole conversation in `input` instead, as clients do with `store: false`',
    ],
    [
      { input: [{ role: 'user', content: 'hi' }, { id: 'msg_1' }] },
      'input[1]: a reference to a stored item: nothing is stored here; send the whole conversation in `input` instead, as clients do with `store: false`',
    ],
  ])('%j', (more, message) => expect(refusalOf(asked(more))).toBe(message));

  test('saying so is fine', () => {
    expect(refusalOf(asked({ store: false, previous_response_id: null, background: false, conversation: null }))).toBe(
      'taken',
    );
  });
});

describe('what does not fit is refused with its path', () => {
  test.each([
    ['text', 'body: expected a JSON object with `model` and `input`, got string'],
    [{ model: 'a/b' }, 'input: required: string, or array'],
    [
      asked({ input: [{ role: 'usr', content: 'x' }] }),
      'input[0].role: got "usr"; accepted: "user", "assistant", "system", "developer"',
    ],
    [asked({ input: [{ role: 'user', content: 5 }] }), 'input[0].content: got number; accepted: string, or array'],
    [
      asked({ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }),
      'input[0].content[0].text: required: string',
    ],
    [asked({ input: [{ type: 'function_call', name: 'f' }] }), 'input[0].call_id: required: string'],
    [asked({ input: [7] }), 'input[0]: got number; accepted: an object'],
    [asked({ temperature: 3 }), 'temperature: got 3; accepted: at most 2'],
    [
      asked({ text: { format: { type: 'xml' } } }),
      'text.format.type: got "xml"; accepted: "text", "json_object", "json_schema", "grammar", "python"',
    ],
    [asked({ tools: [{ type: 'function' }] }), 'tools[0].name: required: a string'],
    [asked({ tools: [{ name: 'f' }] }), 'tools[0].type: required: a string'],
    [
      asked({ tools: [{ type: 'namespace', name: 'n' }] }),
      'tools[0].tools: required: a list of functions and custom tools',
    ],
    [
      asked({ tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'custom' }] }] }),
      'tools[0].tools[0].name: required: a string',
    ],
    [
      asked({ reasoning: { effort: 'huge' } }),
      'reasoning.effort: got "huge"; accepted: "max", "xhigh", "high", "medium", "low", "minimal", "none"',
    ],
    [
      asked({ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) }),
      'metadata: at most 16 pairs are accepted',
    ],
  ])('%j', (body, message) => expect(refusalOf(body)).toBe(message));
});
