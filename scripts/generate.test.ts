import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERRORS } from '../src/core/errors.ts';
import { generateAll } from './generate.ts';
import { errorsPage } from './generate-errors-page.ts';

const REGISTRY = 'src/providers/registry.gen.ts';
const PAGE = 'docs/errors.md';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'generate-'));
  mkdirSync(join(root, 'src/providers'), { recursive: true });
  mkdirSync(join(root, 'docs'));
  writeProvider('lab');
});

afterEach(() => rmSync(root, { recursive: true }));

function writeProvider(id: string): void {
  const text = `import { defineProvider } from './provider.ts';\n\nexport const ${id} = defineProvider({\n  id: '${id}',\n});\n`;
  writeFileSync(join(root, `src/providers/${id}.ts`), text);
}

describe('generated files', () => {
  test('what is missing or stale is named, and written only when asked', async () => {
    expect(await generateAll({ check: true, root })).toEqual([REGISTRY, PAGE]);
    expect(await generateAll({ check: false, root })).toEqual([REGISTRY, PAGE]);
    expect(await generateAll({ check: true, root })).toEqual([]);
  });

  test('a new provider file makes the registry stale, and lands in it', async () => {
    await generateAll({ check: false, root });
    writeProvider('attic');
    expect(await generateAll({ check: true, root })).toEqual([REGISTRY]);
    await generateAll({ check: false, root });
    expect(readFileSync(join(root, REGISTRY), 'utf8')).toContain("import { attic } from './attic.ts';");
  });

  test('a hand-edited page is stale', async () => {
    await generateAll({ check: false, root });
    writeFileSync(join(root, PAGE), `${errorsPage()}\nA word of my own.\n`);
    expect(await generateAll({ check: true, root })).toEqual([PAGE]);
  });
});

test('the page has one row for every error', () => {
  const rows = [...errorsPage().matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| (\d+) \|/gm)];
  expect(rows.map(([, code, status]) => [code, Number(status)]).sort()).toEqual(
    Object.entries(ERRORS)
      .map(([code, { status }]) => [code, status])
      .sort(),
  );
});
