import { describe, expect, test } from 'bun:test';
import type { Effort } from '../../../core/chat.ts';
import type { Note } from '../../../core/note.ts';
import { effortTaken } from './effort.ts';

function taken(effort: Effort, efforts: readonly string[] | undefined, mandatory = false) {
  const notes: Note[] = [];
  const traits = { reasoning: { mandatory, budget: false, ...(efforts && { efforts }) } };
  return [effortTaken(effort, traits, notes), notes.map(({ code, field }) => `${code} ${field}`)];
}

const CHANGED = ['parameter.changed reasoning.effort'];

describe('the effort that a model takes', () => {
  test.each<[string, Effort, readonly string[] | undefined, string | undefined, readonly string[]]>([
    ['as asked where nobody knows its efforts', 'xhigh', undefined, 'xhigh', []],
    ['as asked', 'low', ['none', 'low', 'high'], 'low', []],
    ['the nearest', 'max', ['low', 'high'], 'high', CHANGED],
    ['the lower of two equally near', 'medium', ['low', 'high'], 'low', CHANGED],
    ['little is not none', 'minimal', ['none', 'low', 'medium', 'high'], 'low', CHANGED],
    ['nothing is said where it can only be switched off', 'low', ['none'], undefined, []],
    ['none', 'none', ['none', 'low'], 'none', []],
    ['none is said as minimal', 'none', ['minimal', 'low'], 'minimal', CHANGED],
    ['none is not said where the model cannot be told', 'none', ['low', 'high'], undefined, []],
  ])('%s', (_, effort, efforts, sent, notes) => {
    expect(taken(effort, efforts)).toEqual([sent, [...notes]]);
  });

  test('a model that always reasons is told the least where none was asked', () => {
    expect(taken('none', ['low', 'high'], true)).toEqual(['low', CHANGED]);
  });
});
