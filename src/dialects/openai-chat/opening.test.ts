import { describe, expect, test } from 'bun:test';
import type { Json } from '../../core/json.ts';
import { parseChatRequest } from './client-request.ts';
import { openingOf } from './demand.ts';

const opening = (messages: Json) => openingOf(parseChatRequest({ model: 'openrouter/auto', messages }));

describe('the texts that open and close a conversation', () => {
  test('system, first and last user message, and the model of the last answer', () => {
    expect(
      opening([
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two', model: 'author/old' },
        { role: 'user', content: [{ type: 'text', text: 'Three' }] },
        { role: 'assistant', content: 'Four', model: 'author/new' },
        { role: 'user', content: 'Five' },
      ]),
    ).toEqual({ system: 'Be brief.', first: 'One', last: 'Five', lastModel: 'author/new' });
  });

  test('what is not there is empty; only the last answer’s model counts', () => {
    expect(opening([{ role: 'user', content: 'One' }])).toEqual({
      system: '',
      first: 'One',
      last: 'One',
      lastModel: '',
    });
    expect(
      opening([
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two', model: 'author/old' },
        { role: 'user', content: 'Three' },
        { role: 'assistant', content: 'Four' },
      ]).lastModel,
    ).toBe('');
  });
});
