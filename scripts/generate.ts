/**
 * Brings everything that is generated from the sources up to date. `--check` writes nothing and fails where something is
 * stale. The catalogue is not among it: it needs an input from outside (scripts/generate-catalog.ts).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsPage } from './generate-errors-page.ts';
import { generateRegistries } from './generate-registries.ts';

const ERRORS_PAGE = 'docs/errors.md';

/** Gives the files that were stale. */
export async function generateAll(options: { readonly check: boolean; readonly root: string }): Promise<string[]> {
  const stale = await generateRegistries(options);
  const page = errorsPage();
  const target = join(options.root, ERRORS_PAGE);
  if (!existsSync(target) || readFileSync(target, 'utf8') !== page) {
    stale.push(ERRORS_PAGE);
    if (!options.check) writeFileSync(target, page);
  }
  return stale;
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  const stale = await generateAll({ check, root: join(import.meta.dir, '..') });
  for (const file of stale) console.log(check ? `${file} is not current: run npm run generate` : `wrote ${file}`);
  if (stale.length === 0) console.log('all generated files are current');
  if (check && stale.length > 0) process.exitCode = 1;
}
