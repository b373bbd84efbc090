import { expect, test } from 'bun:test';
import { betasOf, sessionOf, versionNotes } from './headers.ts';

test('betas of both headers, repeated or not, each once', () => {
  const headers = new Headers([
    ['anthropic-beta', 'a-1, b-2'],
    ['anthropic-beta', 'b-2,c.3'],
    ['x-anthropic-beta', 'd-4, not a name, <x>'],
  ]);
  expect(betasOf(headers)).toEqual(['a-1', 'b-2', 'c.3', 'd-4']);
  expect(betasOf(new Headers())).toEqual([]);
});

test('both versions and none are taken; another one is noted', () => {
  const of = (version: string) => versionNotes(new Headers({ 'anthropic-version': version })).map(({ field }) => field);
  expect([of('2023-06-01'), of('2026-10-21'), versionNotes(new Headers())]).toEqual([[], [], []]);
  expect(of('2031-01-01')).toEqual(['anthropic-version']);
});

test('a conversation that Claude Code names', () => {
  const of = (id: string) => sessionOf(new Headers({ 'x-claude-code-session-id': id }));
  expect([of('s-1'), of('x'.repeat(257)), sessionOf(new Headers())]).toEqual(['s-1', null, null]);
});
