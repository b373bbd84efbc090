import { describe, expect, test } from 'bun:test';
import { AnsweringCredentials } from './answering.ts';

describe('a provider, by its key', () => {
  test('answers for half a minute after content came', () => {
    const answering = new AnsweringCredentials();
    expect(answering.isAnswering('lab', 0)).toBe(false);
    answering.opened('lab', 1000);
    expect(answering.isAnswering('lab', 31_000)).toBe(true);
    expect(answering.isAnswering('lab', 31_001)).toBe(false);
    expect(answering.isAnswering('other', 1000)).toBe(false);
  });

  test('no longer answers while fifty attempts wait for an answer', () => {
    const answering = new AnsweringCredentials();
    answering.opened('lab', 0);
    for (let i = 0; i < 49; i++) answering.began('lab');
    expect(answering.isAnswering('lab', 1)).toBe(true);
    answering.began('lab');
    expect(answering.isAnswering('lab', 1)).toBe(false);
    answering.opened('lab', 2);
    expect(answering.isAnswering('lab', 2)).toBe(true);
  });

  test('no longer answers after three failures in a row, until content comes again', () => {
    const answering = new AnsweringCredentials();
    answering.opened('lab', 0);
    answering.failed('lab');
    answering.failed('lab');
    expect(answering.isAnswering('lab', 1)).toBe(true);
    answering.failed('lab');
    expect(answering.isAnswering('lab', 1)).toBe(false);
    answering.opened('lab', 2);
    expect(answering.isAnswering('lab', 2)).toBe(true);
  });
});
