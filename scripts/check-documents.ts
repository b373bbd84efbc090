/** What the documents point at exists: relative links, and files named in backticks. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Document {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Where a file named without its folder may be: as it stands, or below one of these. */
const BASES = ['', 'src', 'src/dialects'];

const LINK = /\]\(([^)#:\s]+)(?:#[^)]*)?\)/g;
/** A path with a folder and an ending, no placeholder: `pipeline/route.ts`, `docs/errors.md`. */
const NAMED_FILE = /`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|md|json|jsonl))`/g;

export function checkDocuments(documents: readonly Document[], exists: (path: string) => boolean): string[] {
  return documents.flatMap(({ path, text }) => {
    const prose = text.replace(/^```[\s\S]*?^```/gm, '');
    const links = [...prose.matchAll(LINK)].flatMap(([, link = '']) =>
      exists(normalize(join(dirname(path), link))) ? [] : [`${path}: links ${link}, which does not exist`],
    );
    const files = [...prose.matchAll(NAMED_FILE)].flatMap(([, file = '']) =>
      [...BASES, dirname(path)].some((base) => exists(join(base, file)))
        ? []
        : [`${path}: names ${file}, which does not exist`],
    );
    return [...links, ...files];
  });
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
