import { expect, test } from 'bun:test';
import { checkDocuments } from './check-documents.ts';

const FILES = new Set(['docs/errors.md', 'src/pipeline/route.ts', 'src/dialects/openai-chat/relay.ts', 'README.md']);

function problemsOf(text: string, path = 'docs/guide.md'): string[] {
  return checkDocuments([{ path, text }], (file) => FILES.has(file));
}

test.each([
  ['[errors](errors.md)'],
  ['[errors](errors.md#routing) and [the start](../README.md)'],
  ['[elsewhere](https://example.org/a.md)'],
  ['`pipeline/route.ts`, `src/pipeline/route.ts`, `openai-chat/relay.ts`'],
  ['`src/providers/<id>.ts` and `attempt.ts`'],
  ['```text\n[gone](gone.md) `gone/gone.ts`\n```'],
])('%s is in order', (text) => {
  expect(problemsOf(text)).toEqual([]);
});

test('what is gone is named with its document', () => {
  expect(problemsOf('[old](old.md) and `pipeline/old.ts`')).toEqual([
    'docs/guide.md: links old.md, which does not exist',
    'docs/guide.md: names pipeline/old.ts, which does not exist',
  ]);
});
