/** `npm run conformance [-- --write]`: runs the matrix of faces, prints it, and writes docs/conformance.md where asked. */
import { writeFileSync } from 'node:fs';
import { runMatrix } from '../test/conformance/matrix.ts';
import { pageOf } from '../test/conformance/page.ts';

const cells = await runMatrix();
const page = pageOf(cells);
console.log(page);
const failures = cells.filter(({ outcome }) => outcome === 'fail');
for (const { face, upstream, what, why } of failures) {
  console.error(`FAILED  ${face.name} → ${upstream.dialect}: ${what.name}: ${why}`);
}
if (process.argv.includes('--write')) writeFileSync(new URL('../docs/conformance.md', import.meta.url), page);
process.exit(failures.length > 0 ? 1 : 0);
