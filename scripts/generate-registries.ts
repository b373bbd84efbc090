/**
 * Writes the lists of what a folder holds (`src/providers/registry.gen.ts`), so that a new provider is one new file and no
 * shared edit. `--check` writes nothing and fails where a committed list is not current.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dir, '..');

/** One generated list: every file of `folder` that declares `export const x = <one of defines>({ id: '…'`. */
interface Registry {
  /** Relative to the repository. */
  readonly folder: string;
  /** The functions that declare an entry. */
  readonly defines: readonly string[];
  /** Where its type comes from. */
  readonly type: { readonly name: string; readonly from: string };
  /** Names of what the generated file exports. */
  readonly listName: string;
  readonly mapName: string;
  readonly idTypeName: string;
}

const REGISTRIES: readonly Registry[] = [
  {
    folder: 'src/providers',
    defines: ['defineProvider', 'defineLocalServer'],
    type: { name: 'ProviderDefinition', from: './provider.ts' },
    listName: 'providers',
    mapName: 'providerById',
    idTypeName: 'ProviderId',
  },
];

interface Entry {
  readonly exportName: string;
  readonly id: string;
  readonly file: string;
}

function readEntries(registry: Registry, root: string): readonly Entry[] {
  const folder = join(root, registry.folder);
  const declaration = new RegExp(
    `^export const (\\w+) = (?:${registry.defines.join('|')})\\(\\{\\s*id: '([^']+)'`,
    'm',
  );
  const entries: Entry[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.endsWith('.gen.ts')) continue;
    const match = declaration.exec(readFileSync(join(folder, file), 'utf8'));
    if (!match) continue;
    const [, exportName = '', id = ''] = match;
    if (file !== `${id}.ts`) throw new Error(`${registry.folder}/${file} declares '${id}': name the file ${id}.ts`);
    entries.push({ exportName, id, file });
  }
  return entries;
}

function writeSource(registry: Registry, entries: readonly Entry[]): string {
  const { type, listName, mapName, idTypeName } = registry;
  const typeImport = { line: `import type { ${type.name} } from '${type.from}';`, from: type.from };
  const imports = [
    typeImport,
    ...entries.map(({ exportName, file }) => ({
      line: `import { ${exportName} } from './${file}';`,
      from: `./${file}`,
    })),
  ].sort((a, b) => (a.from < b.from ? -1 : 1));
  return [
    '// Written by scripts/generate-registries.ts from the files of this folder: run `npm run generate` after adding one.',
    '// biome-ignore-all assist/source/organizeImports: the generator sorts.',
    ...imports.map(({ line }) => line),
    '',
    `export const ${listName}: readonly ${type.name}[] = [`,
    ...entries.map(({ exportName }) => `  ${exportName},`),
    '];',
    '',
    ...wrapCall(
      `export const ${mapName}: ReadonlyMap<string, ${type.name}> = new Map(`,
      `${listName}.map((entry) => [entry.id, entry])`,
    ),
    '',
    `export type ${idTypeName} =`,
    ...entries.map(({ id }, index) => `  | '${id}'${index === entries.length - 1 ? ';' : ''}`),
    '',
  ].join('\n');
}

/** One line where it fits, as the formatter would write it. */
function wrapCall(head: string, argument: string): readonly string[] {
  const line = `${head}${argument});`;
  return line.length <= 120 ? [line] : [head, `  ${argument},`, ');'];
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Brings every registry up to date, or with `check` only looks; gives the files that were stale. */
export async function generateRegistries(options: {
  readonly check: boolean;
  readonly root?: string;
}): Promise<string[]> {
  const root = options.root ?? ROOT;
  const stale: string[] = [];
  for (const registry of REGISTRIES) {
    const target = join(root, registry.folder, 'registry.gen.ts');
    const source = writeSource(registry, readEntries(registry, root));
    if (readIfPresent(target) === source) continue;
    stale.push(relative(root, target));
    if (!options.check) writeFileSync(target, source);
  }
  return stale;
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  const stale = await generateRegistries({ check });
  for (const file of stale) console.log(check ? `${file} is not current: run npm run generate` : `wrote ${file}`);
  if (check && stale.length > 0) process.exit(1);
}
