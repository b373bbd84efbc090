/** `npm run check`: every check runs, each says how long it took, and one that fails says how to mend it. */
import { join } from 'node:path';
import { checkTrackedDocuments } from './check-documents.ts';
import { checkFileSizes, readTrackedFiles } from './check-file-sizes.ts';
import { checkLayers, readSourceFiles, vendorRules } from './check-layers.ts';
import { generateAll } from './generate.ts';

const ROOT = join(import.meta.dir, '..');

interface Check {
  readonly name: string;
  /** What is wrong, as text; empty where nothing is. */
  run(): Promise<string>;
  readonly mend: string;
}

const CHECKS: readonly Check[] = [
  {
    name: 'format and lint',
    run: () => output('node_modules/.bin/biome', 'check', '--error-on-warnings', '--colors=off', '.'),
    mend: 'npm run format mends what it can; the rest is named above',
  },
  {
    name: 'types',
    run: () => output('node_modules/.bin/tsc', '--pretty', 'false'),
    mend: 'correct the types named above',
  },
  {
    name: 'layers',
    run: async () => checkLayers(readSourceFiles(ROOT), vendorRules()).join('\n'),
    mend: 'ARCHITECTURE.md explains the layers; their rules are in scripts/check-layers-rules.ts',
  },
  {
    name: 'file sizes',
    run: async () => checkFileSizes(readTrackedFiles(ROOT)).join('\n'),
    mend: 'split the files named above',
  },
  {
    name: 'documents',
    run: async () => (await checkTrackedDocuments(ROOT)).join('\n'),
    mend: 'name the file that took its place',
  },
  {
    name: 'generated files',
    run: async () =>
      (await generateAll({ check: true, root: ROOT })).map((file) => `${file} is not current`).join('\n'),
    mend: 'npm run generate, then commit what it wrote',
  },
];

/** What a program says if it fails; nothing if it succeeds. */
async function output(...command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { cwd: ROOT, stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return code === 0 ? '' : `${stdout}${stderr}`.trim() || `${command[0]} ended with code ${code}`;
}

let failed = 0;
for (const { name, run, mend } of CHECKS) {
  const startedAtMs = performance.now();
  const problems = await run();
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  if (problems === '') {
    console.log(`ok      ${name} (${seconds} s)`);
    continue;
  }
  failed++;
  console.log(`${problems}\nFAILED  ${name} (${seconds} s): ${mend}`);
}
console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${CHECKS.length} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;
