import { describe, expect, test } from 'bun:test';
import { blocksOf } from './blocks.ts';
import type { ChatEvent } from './chat-events.ts';
import { openFold, unfold } from './fold.ts';

const thought = (text: string, index: number): ChatEvent => ({
  type: 'reasoning-delta',
  choice: 0,
  text,
  details: [{ type: 'reasoning.text', text, index }],
});
const said = (text: string): ChatEvent => ({ type: 'text-delta', choice: 0, text });
const called = (index: number): ChatEvent => ({
  type: 'tool-call-start',
  choice: 0,
  index,
  id: `c${index}`,
  name: 'f',
});

function foldOf(events: readonly ChatEvent[]) {
  const fold = openFold();
  for (const event of events) fold.push(event);
  return fold.response();
}

describe('the order of a choice’s parts', () => {
  const mixed = [thought('a', 0), said('x'), said('y'), thought('b', 1), called(0), said('z'), called(1)];

  test('is kept where it is not the usual one', () => {
    const [choice] = foldOf(mixed).choices;
    expect(choice && blocksOf(choice).map((block) => block.type)).toEqual([
      'reasoning',
      'text',
      'reasoning',
      'tool-call',
      'text',
      'tool-call',
    ]);
    expect(choice && blocksOf(choice).filter((block) => block.type === 'text')).toEqual([
      { type: 'text', text: 'xy' },
      { type: 'text', text: 'z' },
    ]);
  });

  test('is the usual one where nothing is said, and then costs no member', () => {
    const [choice] = foldOf([thought('a', 0), said('x'), called(0), called(1)]).choices;
    expect(choice && 'order' in choice).toBe(false);
    expect(choice && blocksOf(choice).map((block) => block.type)).toEqual([
      'reasoning',
      'text',
      'tool-call',
      'tool-call',
    ]);
  });

  test('survives a whole reply that is streamed', () => {
    const whole = foldOf(mixed);
    expect(foldOf(unfold(whole))).toEqual(whole);
  });

  test('reasoning without details is one of unknown format', () => {
    const [choice] = foldOf([{ type: 'reasoning-delta', choice: 0, text: 'hm', details: [] }, said('x')]).choices;
    expect(choice && blocksOf(choice)[0]).toEqual({
      type: 'reasoning',
      details: [{ type: 'reasoning.text', text: 'hm', format: 'unknown' }],
    });
  });

  test('what an edit added behind the runs is not lost', () => {
    const [choice] = foldOf(mixed).choices;
    const longer = choice && { ...choice, content: `${choice.content}!` };
    expect(longer && blocksOf(longer).at(-1)).toEqual({ type: 'text', text: '!' });
  });
});
