import { expect, test } from 'bun:test';
import type { Json } from '../../core/json.ts';
import { instanceOf } from './schema-instance.ts';

const rows: readonly [string, Json, Json][] = [
  ['const', { const: 3 }, 3],
  ['enum', { type: 'string', enum: ['b', 'a'] }, 'b'],
  ['default', { type: 'integer', default: 8 }, 8],
  ['format', { type: 'string', format: 'email' }, 'sim@example.com'],
  ['lengths', { type: 'string', minLength: 12, maxLength: 12 }, 'sim value...'],
  ['minimum', { type: 'integer', minimum: 5 }, 5],
  ['exclusive minimum', { type: 'integer', exclusiveMinimum: 5 }, 6],
  ['step', { type: 'number', minimum: 5, multipleOf: 4 }, 8],
  ['maximum below one', { type: 'integer', maximum: -3 }, -3],
  ['nullable list of types', { type: ['null', 'boolean'] }, true],
  ['upper case types', { type: 'ARRAY', items: { type: 'BOOLEAN' }, minItems: 2 }, [true, true]],
  ['anyOf skips null', { anyOf: [{ type: 'null' }, { type: 'integer' }] }, 1],
  ['no type but properties', { properties: { a: { type: 'null' } } }, { a: null }],
  ['required but undescribed', { type: 'object', required: ['x'] }, { x: 'sim x' }],
  [
    'allOf',
    { allOf: [{ type: 'object', properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }] },
    { a: 1, b: 2 },
  ],
  ['$ref', { $defs: { id: { type: 'integer' } }, type: 'object', properties: { n: { $ref: '#/$defs/id' } } }, { n: 1 }],
];

test.each(rows)('%s', (_, schema, expected) => {
  expect(instanceOf(schema)).toEqual(expected);
});

test('a recursive schema ends', () => {
  const node = { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } } };
  expect(JSON.stringify(instanceOf({ $defs: { node }, $ref: '#/$defs/node' })).length).toBeLessThan(1000);
  expect(instanceOf({ $ref: '#' })).toBeNull();
});
