/**
 * What is wrong with a configuration, said so that it can be mended at once: file, line, key, reason and the likely
 * intended word. Values are never repeated: a secret may stand anywhere a person mistypes.
 */

export type Path = readonly (string | number)[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  /** The file, or `environment`, or the flag that said it. */
  readonly origin: string;
  readonly position: Position | null;
  /** Dotted path as in `providers.openai.models[0].id`; empty for the whole file. */
  readonly path: string;
  /** One or more sentences without secrets. */
  readonly message: string;
  /** The word that was probably meant. */
  readonly suggestion: string | null;
}

/** Where checks put what they find; paths are those of the file as written. */
export interface Report {
  problem(path: Path, message: string, suggestion?: string | null): void;
  /** Something that does not stop the start but that the operator should know. */
  notice(path: Path, message: string): void;
}

/** `signalbox.yaml:3:5: providers.openai.baseurl: unknown key. Did you mean base_url?` */
export function formatProblem({ origin, position, path, message, suggestion }: Problem): string {
  const place = position ? `${origin}:${position.line}:${position.column}` : origin;
  return [place, ...(path ? [path] : []), message].join(': ') + (suggestion ? ` Did you mean ${suggestion}?` : '');
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    const name = /^[\w-]+$/.test(segment) ? segment : JSON.stringify(segment);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** The candidate nearest to a mistyped word, or null where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const folded = fold(word);
  let best: { readonly candidate: string; readonly distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(folded, fold(candidate));
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  const tolerated = Math.max(1, Math.floor(word.length / 3));
  return best && best.distance <= tolerated ? best.candidate : null;
}

/** `baseUrl`, `base-url` and `baseurl` are all `base_url` mistyped. */
const fold = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Insertions, deletions, replacements and swaps of neighbours, one each. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? cost) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
