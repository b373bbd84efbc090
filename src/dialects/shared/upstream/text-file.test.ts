import { expect, test } from 'bun:test';
import type { FilePart } from '../../../core/chat.ts';
import { quoteFile, textOfFile } from './text-file.ts';

const fileOf = (mediaType: string, text: string, filename?: string): FilePart => ({
  type: 'file',
  source: { kind: 'data', mediaType, base64: Buffer.from(text).toString('base64') },
  ...(filename && { filename }),
});

test.each([
  ['text/plain', undefined],
  ['application/json', undefined],
  ['image/svg+xml', undefined],
  ['application/octet-stream', 'notes.md'],
  ['', 'main.rs'],
])('%s named %s is text', (mediaType, filename) => {
  expect(textOfFile(fileOf(mediaType, 'grüß dich', filename))).toBe('grüß dich');
});

test('a PDF, what is no UTF-8, and what lies elsewhere is not', () => {
  expect(textOfFile(fileOf('application/pdf', '%PDF-1.4', 'a.pdf'))).toBeUndefined();
  const broken: FilePart = { type: 'file', source: { kind: 'data', mediaType: 'text/plain', base64: '/w==' } };
  expect(textOfFile(broken)).toBeUndefined();
  expect(textOfFile({ type: 'file', source: { kind: 'url', url: 'https://host/a.txt' } })).toBeUndefined();
  expect(textOfFile({ type: 'file', source: { kind: 'id', id: 'file-1' } })).toBeUndefined();
});

test('a named file is quoted under its name', () => {
  expect(quoteFile('a', 'b "c".txt')).toBe('<file name="b \\"c\\".txt">\na\n</file>');
  expect(quoteFile('a', undefined)).toBe('a');
});
