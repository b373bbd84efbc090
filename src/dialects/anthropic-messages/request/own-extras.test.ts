import { expect, test } from 'bun:test';
import { contextWith } from '../../shared/testing/context.ts';
import { anthropicMessages } from '../index.ts';

const { client, upstream } = anthropicMessages;

test('what only this grammar says is said again where a request of its own is translated', () => {
  const own = {
    context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
    mcp_servers: [{ type: 'url', url: 'https://m' }],
    container: 'c1',
  };
  const search = { type: 'web_search_20250305', name: 'web_search' };
  const wire = client.parseRequest({
    model: 'm',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ name: 'look', input_schema: { type: 'object' } }, search],
    tool_choice: { type: 'tool', name: 'web_search' },
    brand_new: 1,
    ...own,
  });
  const { value, notes } = upstream.encodeRequest(client.decodeRequest(wire).value, contextWith());
  expect(value.body).toMatchObject({
    ...own,
    tools: [{ name: 'look' }, search],
    tool_choice: { type: 'tool', name: 'web_search' },
  });
  expect(notes.map(({ field }) => field)).toEqual(['brand_new']);
});
