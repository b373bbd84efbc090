import { expect, test } from 'bun:test';
import { checkDocuments } from './check-documents.ts';

const FILES = new Set([
  'docs/guide.md',
  'docs/errors.md',
  'src/pipeline/route.ts',
  'src/dialects/openai-chat/relay.ts',
  'src/routing/filters/',
  'README.md',
]);
const ERRORS = { path: 'docs/errors.md', text: '# Errors\n\n## 2. Routing, and why\n\n```sh\n# a comment\n```\n' };

function problemsOf(text: string, path = 'docs/guide.md'): string[] {
  return checkDocuments([ERRORS, { path, text }], (file) => FILES.has(file));
}

test.each([
  ['[errors](errors.md)'],
  ['[errors](errors.md#2-routing-and-why) and [the start](../README.md)'],
  ['# Guide\n\n## Below\n\nsee [below](#below)'],
  ['[elsewhere](https://example.org/a.md)'],
  ['`pipeline/route.ts`, `src/pipeline/route.ts`, `openai-chat/relay.ts`'],
  ['`src/providers/<id>.ts` and `attempt.ts`'],
  ['`routing/filters/`, `src/routing/filters/`, `rules/` and `src/providers/<id>/`'],
  ['```text\n[gone](gone.md) `gone/gone.ts`\n```'],
  ['````text\n```\n[gone](gone.md)\n```\n````'],
])('%s is in order', (text) => {
  expect(problemsOf(text)).toEqual([]);
});

test('what is gone is named with its document', () => {
  expect(problemsOf('[old](old.md) and `pipeline/old.ts`')).toEqual([
    'docs/guide.md: links old.md, which does not exist',
    'docs/guide.md: names pipeline/old.ts, which does not exist',
  ]);
});

test('a folder that is gone is named, too', () => {
  expect(problemsOf('`src/routing/rules/`')).toEqual(['docs/guide.md: names src/routing/rules/, which does not exist']);
});

test('a heading that is gone is named with the link', () => {
  expect(problemsOf('[one](errors.md#routing), [two](#here), [three](errors.md#a-comment)')).toEqual([
    'docs/guide.md: links errors.md#routing, a heading that does not exist',
    'docs/guide.md: links #here, a heading that does not exist',
    'docs/guide.md: links errors.md#a-comment, a heading that does not exist',
  ]);
});
