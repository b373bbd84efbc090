import { describe, expect, test } from 'bun:test';
import { GatewayError } from '../../core/errors.ts';
import { bombOf, endlessPdf, pdfOf } from './pdf.fixture.ts';
import { createPdfReader } from './pdf-reader.ts';
import { pdfText } from './pdf-text.ts';

const LIMITS = { maxPages: 10, maxCharacters: 1000 };
const OPTIONS = { ...LIMITS, timeoutMs: 10_000 };
const ENDLESS = { ...OPTIONS, maxCharacters: 1e9 };

describe('pdfText', () => {
  test('gives the lines of every page', async () => {
    expect(await pdfText(pdfOf(['Signal (box)\nPoints', 'Second page']), LIMITS)).toEqual({
      kind: 'text',
      pages: ['Signal (box)\nPoints', 'Second page'],
    });
  });

  test('a page without text is empty', async () => {
    expect(await pdfText(pdfOf(['', 'x']), LIMITS)).toEqual({ kind: 'text', pages: ['', 'x'] });
  });

  test.each([
    ['more pages than are read', pdfOf(Array.from({ length: 11 }, () => 'x')), 'it has 11 pages; at most 10 are read'],
    [
      'more text than is read',
      pdfOf(Array.from({ length: 3 }, () => `${'x'.repeat(50)}\n`.repeat(10))),
      'it holds more than 1000 characters of text',
    ],
    ['no PDF', new TextEncoder().encode('hello'), 'it is damaged, or no PDF'],
    ['half a PDF', pdfOf(['x']).slice(0, 60), 'it is damaged, or no PDF'],
    ['nothing', new Uint8Array(), 'it is damaged, or no PDF'],
  ])('says that a file is unreadable: %s', async (_, bytes, because) => {
    expect(await pdfText(bytes, LIMITS)).toEqual({ kind: 'unreadable', because });
  });
});

describe('createPdfReader', () => {
  test('reads several files, two at a time', async () => {
    const reader = createPdfReader();
    const bytes = pdfOf(['one']);
    const outcomes = await Promise.all([1, 2, 3].map(() => reader.read(bytes, OPTIONS)));
    expect(outcomes).toEqual([1, 2, 3].map(() => ({ kind: 'text', pages: ['one'] })));
    // It can be read again: nothing was taken away.
    expect(bytes.length).toBeGreaterThan(0);
  });

  test('gives up a file that takes too long', async () => {
    const reader = createPdfReader({ maxParallel: 1 });
    expect(await reader.read(endlessPdf(), { ...ENDLESS, timeoutMs: 150 })).toEqual({
      kind: 'unreadable',
      because: 'reading it takes more than 0.15 s',
    });
    expect(await reader.read(pdfOf(['next']), OPTIONS)).toEqual({ kind: 'text', pages: ['next'] });
  });

  test('gives up a file that takes too much memory', async () => {
    const reader = createPdfReader({ maxGrowthBytes: 64 * 1024 * 1024 });
    expect(await reader.read(bombOf(200_000_000), OPTIONS)).toEqual({
      kind: 'unreadable',
      because: 'reading it takes more than 64 MB of memory',
    });
  });

  test('lets few wait, and those not for ever', async () => {
    const reader = createPdfReader({ maxParallel: 1, maxWaiting: 1 });
    const running = reader.read(endlessPdf(), { ...ENDLESS, timeoutMs: 150 });
    const impatient = reader.read(pdfOf(['x']), { ...OPTIONS, timeoutMs: 50 }).catch((error: unknown) => error);
    await expect(reader.read(pdfOf(['x']), OPTIONS)).rejects.toMatchObject({ code: 'gateway.unavailable' });
    expect(await impatient).toMatchObject({ code: 'gateway.unavailable', details: { retryAfterMs: 2000 } });
    const patient = reader.read(pdfOf(['x']), OPTIONS);
    expect((await running).kind).toBe('unreadable');
    expect(await patient).toEqual({ kind: 'text', pages: ['x'] });
  });

  test('ends with the reason of whoever gave up, running or waiting', async () => {
    const reader = createPdfReader({ maxParallel: 1 });
    const gone = new GatewayError('client.gone', 'gone');
    const controller = new AbortController();
    const { signal } = controller;
    const both = [1, 2].map(() => reader.read(endlessPdf(), { ...ENDLESS, signal }).catch((error: unknown) => error));
    controller.abort(gone);
    expect(await Promise.all(both)).toEqual([gone, gone]);
    expect((await reader.read(pdfOf(['x']), OPTIONS)).kind).toBe('text');
  });
});
