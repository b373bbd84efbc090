/** What the documents point at exists: relative links with their headings, and files and folders named in backticks. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Document {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Where a file named without its folder may be: as it stands, or below one of these. */
const BASES = ['', 'src', 'src/dialects'];

/** A file, a heading, or both; no address with a scheme. */
const LINK = /\]\(([^)#:\s]*)(?:#([^)\s]*))?\)/g;
/** A path with a folder and an ending, no placeholder: `pipeline/route.ts`, `docs/errors.md`. */
const NAMED_FILE = /`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|md|json|jsonl))`/g;
/** A path of two folders or more that ends in a slash: `routing/filters/`. */
const NAMED_FOLDER = /`([\w.-]+(?:\/[\w.-]+)+\/)`/g;

export function checkDocuments(documents: readonly Document[], exists: (path: string) => boolean): string[] {
  const headings = new Map(documents.map(({ path, text }) => [path, headingsOf(text)]));
  return documents.flatMap(({ path, text }) => {
    const prose = proseOf(text);
    const links = [...prose.matchAll(LINK)].flatMap(([, link = '', heading]) => {
      const target = link === '' ? path : normalize(join(dirname(path), link));
      if (!exists(target)) return [`${path}: links ${link}, which does not exist`];
      const known = headings.get(target);
      if (heading === undefined || !known || known.has(heading)) return [];
      return [`${path}: links ${link}#${heading}, a heading that does not exist`];
    });
    const named = [...prose.matchAll(NAMED_FILE), ...prose.matchAll(NAMED_FOLDER)].flatMap(([, name = '']) =>
      [...BASES, dirname(path)].some((base) => exists(join(base, name)))
        ? []
        : [`${path}: names ${name}, which does not exist`],
    );
    return [...links, ...named];
  });
}

/** Examples in code blocks point at nothing of ours. */
function proseOf(text: string): string {
  return text.replace(/^(```+)[\s\S]*?^\1/gm, '');
}

/** Headings as links name them on GitHub: `## 3. Attempts` is `3-attempts`. */
function headingsOf(text: string): ReadonlySet<string> {
  const headings = [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(headings);
}

/** Every Markdown file under version control. */
export function checkTrackedDocuments(root: string): Promise<string[]> {
  const list = Bun.spawnSync(['git', 'ls-files', '*.md'], { cwd: root });
  if (!list.success) throw new Error(`git ls-files failed: ${list.stderr}`);
  const paths = list.stdout
    .toString()
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)));
  return Promise.all(paths.map(async (path) => ({ path, text: await Bun.file(join(root, path)).text() }))).then(
    (documents) => checkDocuments(documents, (path) => existsSync(join(root, path))),
  );
}

if (import.meta.main) {
  const problems = await checkTrackedDocuments(join(import.meta.dir, '..'));
  console.log(problems.length > 0 ? problems.join('\n') : 'Everything that the documents name exists.');
  process.exitCode = problems.length > 0 ? 1 : 0;
}
