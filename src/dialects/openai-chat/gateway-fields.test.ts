import { describe, expect, test } from 'bun:test';
import { parseChatRequest } from './client-request.ts';
import { unhonouredFields } from './gateway-fields.ts';
import { contextWith } from './test-context.ts';

const messages = [{ role: 'user', content: 'hi' }];
const fieldsOf = (body: object, quirks = {}) =>
  unhonouredFields(
    parseChatRequest(JSON.parse(JSON.stringify({ model: 'a/b', messages, ...body }))),
    contextWith({ quirks }).host,
  ).map(({ field }) => field);

describe('what is asked of the gateway and nobody does is noted', () => {
  test.each([
    [{ plugins: [{ id: 'web' }] }, ['plugins']],
    [{ plugins: [{ id: 'web', enabled: false }] }, []],
    [{ transforms: ['middle-out'] }, ['transforms']],
    [{ transforms: [] }, []],
    [{ route: 'fallback' }, []],
    [{ route: 'sort', trace: { trace_id: 'x' } }, ['route', 'trace']],
    [{ usage: { include: true }, stream_options: { include_usage: true } }, []],
  ])('%j', (body, fields) => expect(fieldsOf(body)).toEqual(fields));

  test('a host that is a gateway too is asked itself', () => {
    expect(fieldsOf({ plugins: [{ id: 'web' }], trace: {} }, { gatewayFields: ['plugins'] })).toEqual(['trace']);
  });
});
