/** The matrix holds, and docs/conformance.md shows it as it is. */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { runMatrix } from './matrix.ts';
import { pageOf } from './page.ts';

const PAGE = new URL('../../docs/conformance.md', import.meta.url);

test('every face answers every case through every upstream, or says why it cannot', async () => {
  const cells = await runMatrix();
  const failed = cells.filter(({ outcome }) => outcome === 'fail');
  expect(
    failed.map(({ face, upstream, what, why }) => `${face.name} → ${upstream.dialect}: ${what.name}: ${why}`),
  ).toEqual([]);
  expect(readFileSync(PAGE, 'utf8')).toBe(pageOf(cells));
  // Some nine hundred exchanges, one after the other: a busy machine may take its time.
}, 120_000);
