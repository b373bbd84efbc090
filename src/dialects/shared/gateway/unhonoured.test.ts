import { describe, expect, test } from 'bun:test';
import { contextWith } from '../testing/context.ts';
import { unhonouredFields } from './unhonoured.ts';

const messages = [{ role: 'user', content: 'hi' }];
const fieldsOf = (body: object, quirks = {}) =>
  unhonouredFields(JSON.parse(JSON.stringify({ model: 'a/b', messages, ...body })), contextWith({ quirks }).host).map(
    ({ field }) => field,
  );

describe('what is asked of the gateway and nobody does is noted', () => {
  test.each([
    [{ plugins: [{ id: 'web' }], transforms: ['middle-out'], route: 'sort' }, []],
    [{ debug: { echo_upstream_body: true }, trace: { trace_id: 'x' } }, ['debug', 'trace']],
    [{ max_tool_calls: 3 }, ['max_tool_calls']],
    [
      { provider: { onyl: ['x'], order: ['y'], max_price: { promt: 1, prompt: 2 } } },
      ['provider.onyl', 'provider.max_price.promt'],
    ],
    [{ usage: { include: true }, stream_options: { include_usage: true } }, []],
  ])('%j', (body, fields) => expect(fieldsOf(body)).toEqual(fields));

  test('a host that is a gateway too is asked itself', () => {
    expect(fieldsOf({ debug: {}, trace: {} }, { gatewayFields: ['debug'] })).toEqual(['trace']);
  });
});
