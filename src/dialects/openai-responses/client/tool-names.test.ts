import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseResponsesRequest } from './parse.ts';
import { listTools, toolNamesOf } from './tool-names.ts';

const fn = (name: string) => ({ type: 'function', name });
const namesOf = (tools: object[], input: object[] = []) =>
  toolNamesOf(listTools(parseResponsesRequest(JSON.parse(JSON.stringify({ model: 'a/b', input, tools })))));

test('a namespaced tool has one flat name, and its call gets both names back', () => {
  const names = namesOf([
    fn('plain'),
    { type: 'namespace', name: 'crm', tools: [fn('find'), { type: 'custom', name: 'note' }] },
  ]);
  expect(names.flat('find', 'crm')).toBe('crm__find');
  expect(names.split('crm__find')).toEqual({ name: 'find', namespace: 'crm' });
  expect(names.split('crm__note')).toEqual({ name: 'note', namespace: 'crm' });
  expect(names.split('plain')).toEqual({ name: 'plain' });
  expect(names.within('crm')).toEqual(['crm__find', 'crm__note']);
});

test('a name that ends or begins with the separator gets no second one', () => {
  expect(namesOf([{ type: 'namespace', name: 'mcp__a__', tools: [fn('f')] }]).flat('f', 'mcp__a__')).toBe('mcp__a__f');
});

test('a plain tool of the same name keeps it', () => {
  const names = namesOf([fn('crm__find'), { type: 'namespace', name: 'crm', tools: [fn('find')] }]);
  expect(names.split('crm__find')).toEqual({ name: 'crm__find' });
  expect(names.split(names.flat('find', 'crm'))).toEqual({ name: 'find', namespace: 'crm' });
});

test('tools that the conversation brought in count, each once', () => {
  const brought = { type: 'namespace', name: 'crm', tools: [fn('find')] };
  const wire = parseResponsesRequest({
    model: 'a/b',
    tools: [fn('plain')],
    input: [
      { type: 'additional_tools', role: 'developer', tools: [fn('plain'), fn('late')] },
      { type: 'tool_search_output', call_id: 'c', tools: [brought] },
      { type: 'tool_search_output', call_id: 'd', tools: [brought] },
    ],
  });
  expect(listTools(wire).map(({ field }) => field)).toEqual([
    'tools[0]',
    'input[0].tools[1]',
    'input[1].tools[0].tools[0]',
  ]);
});

test('any names: flat ones are taken everywhere, differ, and come back', () => {
  const name = fc.string({ minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, name), { maxLength: 8, selector: ([a, b]) => `${a}\n${b}` }), (pairs) => {
      const names = namesOf(
        pairs.map(([namespace, inner]) => ({ type: 'namespace', name: namespace, tools: [fn(inner)] })),
      );
      const flats = pairs.map(([namespace, inner]) => names.flat(inner, namespace));
      expect(new Set(flats).size).toBe(pairs.length);
      pairs.forEach(([namespace, inner], at) => {
        expect(flats[at]).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        expect(names.split(flats[at] ?? '')).toEqual({ name: inner, namespace });
      });
    }),
  );
});
