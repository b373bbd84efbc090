import { describe, expect, test } from 'bun:test';
import type { ChatRequest } from '../../../core/chat.ts';
import { contextOf, encode, type HostChanges, requestOf } from '../test-kit.ts';
import { unsayable } from './parts.ts';
import { encodeResponsesRequest } from './request.ts';

const reasons: HostChanges = {
  traits: { reasoning: { mandatory: false, efforts: ['low', 'medium', 'high'], budget: false } },
};
const gateway: HostChanges = { quirks: { gatewayFields: ['provider'], reasoningStyle: 'reasoning_object' } };
const tool = { name: 'f', parameters: { type: 'object' } };

type Row = readonly [Partial<ChatRequest>, object, (readonly string[])?, HostChanges?];

function holds([members, wanted, notes = [], changes]: Row): void {
  const { body, notes: told } = encode(members, changes);
  for (const [field, value] of Object.entries(wanted)) expect<unknown>(body[field]).toEqual(value);
  expect<readonly string[]>(told).toEqual(notes);
}

test('nothing is stored, and the path is the grammar’s', () => {
  const { value, notes } = encodeResponsesRequest(requestOf(), contextOf());
  const input = [{ type: 'message', role: 'user', content: 'Hi' }];
  expect(value).toEqual({ path: '/responses', headers: {}, body: { model: 'model-1', input, store: false } });
  expect(notes).toEqual([]);
});

describe('parameters', () => {
  const rows: readonly Row[] = [
    [{ sampling: { temperature: 0.5, topP: 0.9 } }, { temperature: 0.5, top_p: 0.9 }],
    [
      { sampling: { temperature: 2 } },
      { temperature: 1 },
      ['parameter.changed temperature'],
      { quirks: { maxTemperature: 1 } },
    ],
    [
      { sampling: { temperature: 1, topP: 1 } },
      { temperature: undefined, top_p: undefined },
      ['parameter.dropped temperature', 'parameter.dropped top_p'],
      { traits: { sampling: false } },
    ],
    [{ sampling: { topLogprobs: 3 } }, { top_logprobs: 3, include: ['message.output_text.logprobs'] }],
    [{ sampling: { logprobs: true } }, { include: ['message.output_text.logprobs'] }],
    [{ sampling: { n: 1, frequencyPenalty: 0, repetitionPenalty: 1 } }, { n: undefined }],
    [
      {
        sampling: {
          stop: ['x'],
          seed: 1,
          presencePenalty: 1,
          logitBias: { 1: 2 },
          n: 2,
          topK: 4,
          minP: 0.1,
          topA: 0.2,
        },
      },
      { stop: undefined, seed: undefined, top_k: undefined },
      ['top_k', 'min_p', 'top_a', 'presence_penalty', 'seed', 'logit_bias', 'stop', 'n'].map(
        (f) => `parameter.dropped ${f}`,
      ),
    ],
    [{ sampling: { topK: 4, seed: 1 } }, { top_k: 4, seed: undefined }, ['parameter.dropped seed'], gateway],
    [{ maxOutputTokens: 100 }, { max_output_tokens: 100 }],
    [
      { maxOutputTokens: 10 },
      { max_output_tokens: 16 },
      ['parameter.changed max_tokens'],
      { quirks: { minOutputTokens: 16 } },
    ],
    [
      { maxOutputTokens: 100 },
      { max_output_tokens: 50 },
      ['parameter.changed max_tokens'],
      { traits: { maxOutputTokens: 50 } },
    ],
    [{ verbosity: 'low' }, { text: { verbosity: 'low' } }],
    [{ responseFormat: { type: 'json_object' } }, { text: { format: { type: 'json_object' } } }],
    [{ responseFormat: { type: 'text' } }, { text: undefined }],
    [
      { responseFormat: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
      { text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } } },
    ],
    [
      { responseFormat: { type: 'json_schema', name: 'n', schema: {} } },
      { text: { format: { type: 'json_object' } } },
      ['parameter.changed response_format'],
      { traits: { jsonSchema: false } },
    ],
    [
      { responseFormat: { type: 'other', value: { type: 'python' } } },
      { text: undefined },
      ['parameter.dropped response_format'],
    ],
    [
      { promptCacheKey: 'k', user: 'u', metadata: { a: 'b' } },
      { prompt_cache_key: 'k', user: 'u', metadata: { a: 'b' } },
    ],
    [{ user: 'u' }, { user: undefined }, ['parameter.dropped user'], { quirks: { rejects: ['user'] } }],
    [{ user: 'u' }, { end_user: 'u', x: 1 }, [], { quirks: { renames: { user: 'end_user' }, defaults: { x: 1 } } }],
    [{ serviceTier: 'flex' }, { service_tier: undefined }, ['parameter.dropped service_tier']],
    [{ modalities: ['text'] }, { modalities: undefined }],
    [{ modalities: ['text', 'image'] }, { modalities: undefined }, ['parameter.dropped modalities']],
    [{ cacheControl: {} }, { cache_control: undefined }, ['parameter.dropped cache_control']],
    [{ options: { safety_identifier: 's', store: false } }, { safety_identifier: 's', store: false }],
    [{ options: { store: true } }, { store: false }, ['parameter.dropped store']],
    [{ options: { prediction: {} } }, { prediction: undefined }, ['parameter.dropped prediction']],
    [{ extras: { truncation: 'auto', odd: 1 } }, { truncation: 'auto', odd: undefined }, ['parameter.dropped odd']],
    [
      {
        extras: { include: ['x'], 'reasoning.mode': 'pro' },
        reasoning: { enabled: true, exclude: true, effort: 'low' },
      },
      { include: ['x', 'reasoning.encrypted_content'], reasoning: { effort: 'low', mode: 'pro' } },
    ],
    [{ stream: true }, { stream: true, stream_options: undefined }],
    [{ stream: true }, { stream_options: { include_obfuscation: false } }, [], { quirks: { obfuscationOption: true } }],
    [{}, { store: undefined }, [], { quirks: { rejects: ['store'] } }],
  ];
  test.each(rows.map((row) => [JSON.stringify(row[0]), row] as const))('%s', (_, row) => holds(row));
});

describe('reasoning', () => {
  const asked = (more: object): Partial<ChatRequest> => ({ reasoning: { enabled: true, exclude: false, ...more } });
  const encrypted = ['reasoning.encrypted_content'];
  const rows: readonly Row[] = [
    // Models that do not reason refuse to be asked for its encryption.
    [{}, { reasoning: undefined, include: undefined }],
    [{}, { reasoning: undefined, include: encrypted }, [], reasons],
    [{}, { include: undefined }, [], { ...reasons, quirks: { rejects: ['include'] } }],
    [asked({ effort: 'high' }), { reasoning: { effort: 'high', summary: 'auto' }, include: encrypted }, [], reasons],
    [asked({ effort: 'high', summary: 'detailed' }), { reasoning: { effort: 'high', summary: 'detailed' } }],
    [asked({ effort: 'high', exclude: true }), { reasoning: { effort: 'high' } }],
    [
      asked({ effort: 'max' }),
      { reasoning: { effort: 'high', summary: 'auto' } },
      ['parameter.changed reasoning.effort'],
      reasons,
    ],
    [{ ...asked({ maxTokens: 800 }), maxOutputTokens: 1000 }, { reasoning: { effort: 'high', summary: 'auto' } }],
    [{ reasoning: { enabled: false, exclude: false } }, { reasoning: { effort: 'none' } }],
    [asked({ byDefault: true, exclude: true }), { reasoning: undefined }],
    [asked({ byDefault: true, summary: 'concise' }), { reasoning: { summary: 'concise' } }],
    [asked({}), { reasoning: undefined }, ['parameter.dropped reasoning'], { quirks: { reasoningStyle: 'none' } }],
    [asked({ maxTokens: 800 }), { reasoning: { max_tokens: 800 } }, [], gateway],
    [asked({}), { reasoning: { enabled: true } }, [], gateway],
  ];
  test.each(rows.map((row, at) => [`${at} ${JSON.stringify(row[0])}`, row] as const))('%s', (_, row) => holds(row));
});

describe('tools', () => {
  const named = (name: string): object => ({ type: 'function', name });
  const custom = {
    name: 'patch',
    custom: { format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'd' } } },
  };
  const search = { type: 'web_search' };
  const ours = { type: 'openrouter:datetime' };
  const f = { type: 'function', name: 'f', parameters: { type: 'object' }, strict: false };
  const rows: readonly Row[] = [
    [
      { tools: [tool], parallelToolCalls: false },
      { tools: [f], parallel_tool_calls: false },
    ],
    // What is not said means strict here and the opposite in other grammars.
    [{ tools: [{ ...tool, strict: true }] }, { tools: [{ ...f, strict: true }] }],
    [
      { tools: [{ name: 'g', description: 'd', strict: true }] },
      { tools: [{ type: 'function', name: 'g', description: 'd', parameters: { type: 'object', properties: {} } }] },
      ['parameter.dropped tools[0].strict'],
      { quirks: { strictTools: false } },
    ],
    [
      { tools: [custom], toolChoice: { type: 'tool', name: 'patch' } },
      {
        tools: [{ type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'd' } }],
        tool_choice: { type: 'custom', name: 'patch' },
      },
    ],
    [{ tools: [tool], toolChoice: { type: 'required' } }, { tool_choice: 'required' }],
    [{ tools: [tool], toolChoice: { type: 'tool', name: 'f' } }, { tool_choice: named('f') }],
    [
      { tools: [tool], toolChoice: { type: 'tool', name: 'f' } },
      { tool_choice: 'auto' },
      ['parameter.changed tool_choice'],
      { traits: { forcedToolUse: false } },
    ],
    [
      { tools: [tool, { name: 'g' }], toolChoice: { type: 'allowed', mode: 'required', names: ['f'] } },
      { tools: [f], tool_choice: 'required' },
      ['tool.changed tool_choice'],
    ],
    [
      { tools: [tool], toolChoice: { type: 'allowed', mode: 'auto', names: ['f'] } },
      { tools: [f], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [named('f')] } },
      [],
      { quirks: { ownerTools: true } },
    ],
    [
      { tools: [], toolChoice: { type: 'auto' } },
      { tools: undefined, tool_choice: undefined },
    ],
    [{ options: { server_tools: [search] } }, { tools: [search] }],
    [{ options: { server_tools: [search, ours] } }, { tools: [search] }, ['tool.changed tools']],
    [
      { options: { server_tools: [ours], server_tool_choice: ours } },
      { tools: [ours], tool_choice: ours },
      [],
      gateway,
    ],
    [{ tools: [{ ...tool, cacheControl: {} }] }, { tools: [f] }, ['parameter.dropped tools[0].cache_control']],
  ];
  test.each(rows.map((row, at) => [`${at} ${JSON.stringify(row[0])}`, row] as const))('%s', (_, row) => holds(row));
});

test('video is what this grammar cannot carry', () => {
  const video = { type: 'video', source: { kind: 'url', url: 'https://v.example' } } as const;
  expect(unsayable(requestOf({ messages: [{ role: 'user', content: [video] }] }))).toEqual(['video']);
  expect(unsayable(requestOf())).toEqual([]);
});
