import { expect, test } from 'bun:test';
import { checkFileSizes, MAX_LINES } from './check-file-sizes.ts';

const long = 'a;\n'.repeat(MAX_LINES + 1);

test('a file of behaviour beyond the limit is named with its length', () => {
  expect(checkFileSizes([{ path: 'src/a.ts', text: long }])).toEqual([
    'src/a.ts: 401 lines, more than 400; split it by what it does',
  ]);
  expect(checkFileSizes([{ path: 'src/a.ts', text: 'a;\n'.repeat(MAX_LINES) }])).toEqual([]);
});

test.each(['src/a.test.ts', 'src/providers/registry.gen.ts', 'src/dialects/gemini/wire-types.ts'])(
  '%s may be longer',
  (path) => {
    expect(checkFileSizes([{ path, text: long }])).toEqual([]);
  },
);
