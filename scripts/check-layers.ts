/**
 * Holds src/ to its layers: who imports whom, what pure layers touch, where vendor names stand. `checkLayers` is pure over
 * the files' texts; run as a program it reads the tree. The rules are data in check-layers-rules.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import authors from '../src/catalog/data/authors.json';
import { providers } from '../src/providers/registry.gen.ts';
import {
  IMPURE,
  LAYERS,
  MORE_VENDOR_NAMES,
  ORDINARY_WORDS,
  OWNED_PACKAGES,
  PORTS_OF_STORE,
  PURE_LAYERS,
  ROOT_LAYER,
  SHARED_SIBLING,
  SIBLING_FOLDERS,
  VENDOR_EXCEPTIONS,
  VENDOR_FOLDERS,
  type VendorException,
} from './check-layers-rules.ts';
import { lineAt, readSource, type SourceText } from './check-source-text.ts';

export interface SourceFile {
  /** From the repository's root: `src/core/money.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface VendorRules {
  readonly names: readonly string[];
  readonly exceptions: readonly VendorException[];
}

/** One line per breach, `file:line: what, and how to mend it`. */
export function checkLayers(files: readonly SourceFile[], { names, exceptions }: VendorRules): string[] {
  const vendors = names.map((name) => ({ name, pattern: patternOf(name) }));
  const used = new Set<VendorException>();
  const problems: string[] = [];
  for (const { path, text } of files) {
    // Tests may import and name what they need.
    if (/\.(?:test|fixture)\.ts$/.test(path)) continue;
    const layer = layerOf(path);
    if (!(layer in LAYERS)) {
      problems.push(`${path}:1: the folder ${layer} is in no layer; place it in scripts/check-layers-rules.ts`);
      continue;
    }
    const source = readSource(text);
    problems.push(...importProblems(path, layer, source), ...purityProblems(path, layer, source));
    problems.push(...vendorProblems(path, source, vendors, exceptions, used));
  }
  for (const exception of exceptions) {
    if (used.has(exception)) continue;
    problems.push(`${exception.path}: the exception for ${exception.names.join(', ')} is no longer needed; remove it`);
  }
  return problems;
}

function layerOf(path: string): string {
  const [, top = '', ...rest] = path.split('/');
  return rest.length === 0 ? ROOT_LAYER : top;
}

function below(layer: string): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (name: string): void => {
    for (const lower of LAYERS[name] ?? []) {
      all.add(lower);
      add(lower);
    }
  };
  add(layer);
  return all;
}

// ---- imports ----

function* importProblems(path: string, layer: string, { imports }: SourceText): Generator<string> {
  const allowed = below(layer);
  for (const { specifier, line } of imports) {
    const problem = specifier.startsWith('.')
      ? fileImportProblem(path, layer, normalize(join(dirname(path), specifier)), allowed)
      : packageImportProblem(layer, specifier);
    if (problem) yield `${path}:${line}: ${problem}`;
  }
}

function fileImportProblem(path: string, layer: string, target: string, allowed: ReadonlySet<string>) {
  // The version it runs as.
  if (layer === ROOT_LAYER && target === 'package.json') return undefined;
  if (!target.startsWith('src/')) return `imports ${target}, which is no part of the product`;
  const targetLayer = layerOf(target);
  if (targetLayer === layer) return siblingProblem(path, target);
  if (allowed.has(targetLayer)) return undefined;
  if (layer === 'store' && PORTS_OF_STORE.includes(target)) return undefined;
  const list = [...allowed].sort().join(', ') || 'nothing';
  return `${layer} imports ${targetLayer} (${target}); it may import ${list}`;
}

function siblingProblem(path: string, target: string): string | undefined {
  for (const folder of SIBLING_FOLDERS) {
    const own = siblingOf(folder, path);
    const other = siblingOf(folder, target);
    if (own === undefined || other === undefined || own === other || other === SHARED_SIBLING) continue;
    return `${own} imports its sibling ${other} (${target}); what three need moves to ${folder}/${SHARED_SIBLING}/`;
  }
  return undefined;
}

function siblingOf(folder: string, path: string): string | undefined {
  const rest = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/') : [];
  return rest.length > 1 ? rest[0] : undefined;
}

function packageImportProblem(layer: string, specifier: string): string | undefined {
  const name = specifier.startsWith('@') ? specifier.split('/', 2).join('/') : specifier.split('/', 1).join('');
  const pure = PURE_LAYERS[layer];
  if (pure && !pure.includes(name))
    return `${layer} imports ${specifier}; it is pure and takes such things as arguments`;
  const owner = OWNED_PACKAGES[name];
  if (owner !== undefined && owner !== layer) return `${layer} imports ${specifier}, which only ${owner} uses`;
  return undefined;
}

// ---- purity ----

function* purityProblems(path: string, layer: string, { bare }: SourceText): Generator<string> {
  if (!(layer in PURE_LAYERS)) return;
  for (const { what, pattern, instead } of IMPURE) {
    for (const match of bare.matchAll(new RegExp(pattern, 'g'))) {
      yield `${path}:${lineAt(bare, match.index)}: ${layer} uses ${what}; ${instead}`;
    }
  }
}

// ---- vendor names ----

/** Provider ids, author names and the rest, each with where it is right. */
export function vendorRules(): VendorRules {
  const names = [
    ...providers.map(({ id }) => id),
    ...Object.keys(authors.aliases),
    ...Object.values(authors.aliases),
    ...authors.redistributors,
    ...MORE_VENDOR_NAMES,
  ];
  return {
    names: [...new Set(names)].filter((name) => !ORDINARY_WORDS.includes(name)).sort(),
    exceptions: VENDOR_EXCEPTIONS,
  };
}

/** The name in any spelling: `x-ai`, `xAi`, `X_AI`. A short one only as a word of its own, a long one anywhere. */
function patternOf(name: string): RegExp {
  const parts = name.split(/[-_]/);
  const spelled = parts.join('[-_ ]?');
  if (parts.join('').length >= 6) return new RegExp(spelled, 'gi');
  const upper = spelled.toUpperCase();
  const capital = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('[-_ ]?');
  return new RegExp(`(?<![A-Za-z])${spelled}(?![a-z])|${capital}(?![a-z])|(?<![A-Z])${upper}(?![A-Z])`, 'g');
}

function* vendorProblems(
  path: string,
  { code }: SourceText,
  vendors: readonly { readonly name: string; readonly pattern: RegExp }[],
  exceptions: readonly VendorException[],
  used: Set<VendorException>,
): Generator<string> {
  if (VENDOR_FOLDERS.some((folder) => path.startsWith(folder))) return;
  for (const { name, pattern } of vendors) {
    for (const match of code.matchAll(pattern)) {
      const exception = exceptions.find((each) => path.startsWith(each.path) && each.names.includes(name));
      if (exception) used.add(exception);
      else yield `${path}:${lineAt(code, match.index)}: names ${name}; ${VENDOR_CURE}`;
    }
  }
}

const VENDOR_CURE = `vendor names stand in ${VENDOR_FOLDERS.join(', ')}, or in an exception with its reason`;

// ---- as a program ----

export function readSourceFiles(root: string): readonly SourceFile[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => ({ path: `src/${file}`, text: readFileSync(join(root, 'src', file), 'utf8') }));
}

if (import.meta.main) {
  const problems = checkLayers(readSourceFiles(join(import.meta.dir, '..')), vendorRules());
  for (const problem of problems) console.error(problem);
  console.log('Where a vendor is named outside its folders, and why:');
  for (const { path, names, because } of VENDOR_EXCEPTIONS) console.log(`  ${path} (${names.join(', ')}): ${because}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
