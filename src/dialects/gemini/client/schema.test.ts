import { describe, expect, test } from 'bun:test';
import { isClosed, toJsonSchema } from './schema.ts';

describe('OpenAPI’s schemas as JSON Schema', () => {
  test('types by name in any case, by number, and unsaid', () => {
    const typeOf = (type: string | number) => toJsonSchema({ type }).type;
    expect(['OBJECT', 'array', 'Integer', 1, 2, 3, 4, 5, 6, 7].map(typeOf)).toEqual([
      'object',
      'array',
      'integer',
      'string',
      'number',
      'integer',
      'boolean',
      'array',
      'object',
      'null',
    ]);
    expect('type' in toJsonSchema({ type: 'TYPE_UNSPECIFIED' })).toBe(false);
  });

  test('everything that is said is kept, in the order that is asked for', () => {
    const schema = toJsonSchema({
      type: 'OBJECT',
      title: 'T',
      description: 'D',
      properties: {
        a: { type: 'STRING', enum: ['x'], nullable: true, example: 'x' },
        b: { type: 'ARRAY', items: { type: 'NUMBER', nullable: true }, minItems: 1 },
        c: { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }], nullable: true },
      },
      required: ['a'],
      propertyOrdering: ['c', 'a', 'none'],
    });
    expect(Object.keys(schema.properties ?? {})).toEqual(['c', 'a', 'b']);
    expect(JSON.parse(JSON.stringify(schema))).toEqual({
      type: 'object',
      title: 'T',
      description: 'D',
      properties: {
        c: { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] },
        a: { type: ['string', 'null'], enum: ['x', null], examples: ['x'] },
        b: { type: 'array', items: { type: ['number', 'null'] }, minItems: 1 },
      },
      required: ['a'],
    });
  });

  test('a JSON Schema that was sent in this place stays what it is', () => {
    const schema = { type: ['string', 'null'], $ref: '#/$defs/x', $defs: { x: { type: 'string' } }, const: 1 };
    expect(JSON.parse(JSON.stringify(toJsonSchema(schema)))).toEqual(schema);
  });

  test('a schema is closed where every object lists all it has', () => {
    const closed = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    expect(isClosed(closed)).toBe(true);
    expect(isClosed({ type: 'array', items: closed })).toBe(true);
    expect(isClosed({ ...closed, required: [] })).toBe(false);
    expect(isClosed({ type: 'array', items: { type: 'object' } })).toBe(false);
    expect(isClosed({ ...closed, properties: { a: { type: 'object', properties: {} } } })).toBe(false);
  });
});
