import { describe, expect, test } from 'bun:test';
import type { Message, Part } from '../../../core/chat.ts';
import { encode, type HostChanges } from '../test-kit.ts';

function inputOf(
  messages: readonly Message[],
  changes: HostChanges = {},
): { input: unknown; notes: readonly string[] } {
  const { body, notes } = encode({ messages }, changes);
  return { input: body['input'], notes };
}

const text = (said: string): Part => ({ type: 'text', text: said });
const user = (...content: readonly Part[]): Message => ({ role: 'user', content });
const assistant = (said: string, more: Partial<Extract<Message, { role: 'assistant' }>> = {}): Message => ({
  role: 'assistant',
  content: said ? [text(said)] : [],
  toolCalls: [],
  reasoningDetails: [],
  ...more,
});
const result = (toolCallId: string, ...content: readonly Part[]): Message => ({ role: 'tool', toolCallId, content });
const message = (role: string, content: unknown): object => ({ type: 'message', role, content });
const png = { kind: 'data', mediaType: 'image/png', base64: 'AAAA' } as const;
const image: Part = { type: 'image', source: png, detail: 'low' };
const shown = { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' };

describe('messages', () => {
  test('roles, and developers where the host knows none', () => {
    const messages: Message[] = [
      { role: 'system', content: [text('S')] },
      { role: 'developer', content: [text('D')] },
      user(text('U')),
    ];
    expect(inputOf(messages, { quirks: { developerRole: true } }).input).toEqual([
      message('system', 'S'),
      message('developer', 'D'),
      message('user', 'U'),
    ]);
    expect(inputOf(messages).input).toContainEqual(message('system', 'D'));
  });

  const parts: readonly (readonly [Part, object, string?])[] = [
    [image, shown],
    [
      { type: 'image', source: { kind: 'url', url: 'https://i' } },
      { type: 'input_image', image_url: 'https://i' },
    ],
    [
      { type: 'file', source: { kind: 'data', mediaType: 'application/pdf', base64: 'AA' }, filename: 'a.pdf' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA' },
    ],
    [
      { type: 'file', source: { kind: 'url', url: 'https://f' }, filename: 'a.pdf' },
      { type: 'input_file', file_url: 'https://f' },
    ],
    [
      { type: 'file', source: { kind: 'id', id: 'file-1' } },
      { type: 'input_file', file_id: 'file-1' },
    ],
    [
      { type: 'file', source: png },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      'part.converted messages[0].content[1]',
    ],
    [
      { type: 'audio', base64: 'AA', format: 'wav' },
      { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
    ],
  ];
  test.each(parts.map(([part, wire, ...notes]) => [part, wire, notes] as const))('%j', (part, wire, told) => {
    const { input, notes } = inputOf([user(text('See'), part)]);
    expect(input).toEqual([message('user', [{ type: 'input_text', text: 'See' }, wire])]);
    expect<readonly unknown[]>(notes).toEqual(told);
  });

  test('marks of what is to be cached, where the host knows them', () => {
    const marked: Part = { type: 'text', text: 'U', cacheControl: { ttl: '1h' } };
    expect(inputOf([user(marked)])).toEqual({
      input: [message('user', 'U')],
      notes: ['parameter.dropped messages[0].content[0].cache_control'],
    });
    const part = { type: 'input_text', text: 'U', cache_control: { type: 'ephemeral', ttl: '1h' } };
    expect(inputOf([user(marked)], { quirks: { cacheControl: true } }).input).toEqual([message('user', [part])]);
  });

  test('names stand before the text', () => {
    expect(inputOf([{ role: 'user', content: [text('U')], name: 'Ann' }])).toEqual({
      input: [message('user', 'Ann: U')],
      notes: ['message.changed messages[0].name'],
    });
  });
});

describe('turns of the model', () => {
  const call = { id: 'c1', name: 'f', arguments: '{"a":1}' };
  const patch = { id: 'c2', name: 'patch', arguments: '*** Begin', custom: true } as const;

  test('what it said, then what it called, then the results in kind', () => {
    const turn = assistant('On it.', { toolCalls: [call, patch] });
    const { input, notes } = inputOf([
      user(text('U')),
      turn,
      result('c1', text('R'), text('1')),
      result('c2', text('R2')),
    ]);
    expect(input).toEqual([
      message('user', 'U'),
      message('assistant', 'On it.'),
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: '*** Begin' },
      { type: 'function_call_output', call_id: 'c1', output: 'R1' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: 'R2' },
    ]);
    expect(notes).toEqual([]);
  });

  test('several messages in a row stay in their order', () => {
    const turns = [assistant('A', { toolCalls: [call] }), assistant('B')];
    expect(inputOf([...turns, result('c1', text('R'))]).input).toEqual([
      message('assistant', 'A'),
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
      message('assistant', 'B'),
      { type: 'function_call_output', call_id: 'c1', output: 'R' },
    ]);
  });

  test('images of results are shown where they are; sound follows as the user’s', () => {
    const turn = assistant('', { toolCalls: [call] });
    const { input, notes } = inputOf([
      turn,
      result('c1', text('R'), image, { type: 'audio', base64: 'AA', format: 'mp3' }),
    ]);
    expect(input).toEqual([
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
      { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'R' }, shown] },
      message('user', [{ type: 'input_audio', input_audio: { data: 'AA', format: 'mp3' } }]),
    ]);
    expect(notes).toEqual(['part.converted messages[1].content[2]']);
  });

  test('a result of no call is said as text', () => {
    const { input, notes } = inputOf([user(text('U')), result('lost', text('R'))]);
    const parts = [
      { type: 'input_text', text: 'Result of tool call lost:' },
      { type: 'input_text', text: 'R' },
    ];
    expect(input).toEqual([message('user', 'U'), message('user', parts)]);
    expect(notes).toEqual(['message.changed messages[1]']);
  });

  test('a failed tool is noted', () => {
    const failed: Message = { role: 'tool', toolCallId: 'c1', content: [text('R')], isError: true };
    expect(inputOf([assistant('', { toolCalls: [call] }), failed]).notes).toEqual([
      'message.changed messages[1].is_error',
    ]);
  });

  test('refusals, and images that it made', () => {
    const { input } = inputOf([assistant('A', { refusal: 'No.', content: [text('A'), image] }), user(text('U'))]);
    expect(input).toEqual([
      message('assistant', [
        { type: 'output_text', text: 'A', annotations: [] },
        { type: 'refusal', refusal: 'No.' },
      ]),
      message('user', [shown]),
      message('user', 'U'),
    ]);
  });

  test('a prefill, where the model refuses it', () => {
    const { input, notes } = inputOf([user(text('U')), assistant('Once')], { traits: { prefill: false } });
    expect(input).toEqual([
      message('user', 'U'),
      message('assistant', 'Once'),
      message('user', 'Go on exactly where you stopped.'),
    ]);
    expect(notes).toEqual(['message.changed messages']);
    expect(inputOf([user(text('U')), assistant('Once')]).notes).toEqual([]);
  });
});
