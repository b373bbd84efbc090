/** Files of behaviour stay readable: at most 400 lines. Tests, types of a wire format and generated files may be longer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const MAX_LINES = 400;

const EXEMPT = /\.(?:test|gen|d)\.ts$|\/wire-types\.ts$/;

export function checkFileSizes(files: readonly { readonly path: string; readonly text: string }[]): string[] {
  return files.flatMap(({ path, text }) => {
    if (EXEMPT.test(path)) return [];
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    return lines > MAX_LINES ? [`${path}: ${lines} lines, more than ${MAX_LINES}; split it by what it does`] : [];
  });
}

/** Every TypeScript file under version control, or about to be. */
export function readTrackedFiles(root: string): readonly { readonly path: string; readonly text: string }[] {
  const list = Bun.spawnSync(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], { cwd: root });
  if (!list.success) throw new Error(`git ls-files failed: ${list.stderr}`);
  return list.stdout
    .toString()
    .split('\n')
    .filter((path) => path !== '')
    .flatMap((path) => {
      const text = readIfPresent(join(root, path));
      return text === undefined ? [] : [{ path, text }];
    });
}

/** A file may be deleted in the working tree and still be in the index. */
function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
