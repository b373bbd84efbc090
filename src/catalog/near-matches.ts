/** Ids close to a name nobody knows, for the error message: computed only on the way to a 400. */

const MOST_SHOWN = 5;
/** Longer names are not typing mistakes of a model id. */
const LONGEST = 100;

/** Best first. Near means: shares the author-less prefix, contains the name, or is a few edits away. */
export function nearMatches(requested: string, ids: Iterable<string>): readonly string[] {
  const name = requested.toLowerCase().slice(0, LONGEST);
  const slug = slugOf(name);
  if (slug.length < 2) return [];
  const furthest = Math.max(2, Math.floor(slug.length / 3));
  const scored: { readonly id: string; readonly score: number }[] = [];
  for (const id of ids) {
    const candidate = slugOf(id);
    const contains = candidate.startsWith(slug) || slug.startsWith(candidate);
    const distance = editDistance(slug, candidate, contains ? Number.POSITIVE_INFINITY : furthest);
    if (distance === undefined) continue;
    // A continuation (`gpt-5` → `gpt-5-mini`) is nearer than as many typing mistakes.
    scored.push({ id, score: (contains ? distance / 4 : distance) + (authorOf(id) === authorOf(name) ? 0 : 0.5) });
  }
  scored.sort((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1));
  return scored.slice(0, MOST_SHOWN).map((each) => each.id);
}

function slugOf(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

function authorOf(id: string): string {
  return id.includes('/') ? id.slice(0, id.indexOf('/')) : '';
}

/** Levenshtein distance, or undefined where it exceeds the limit. */
function editDistance(left: string, right: string, limit: number): number | undefined {
  if (Math.abs(left.length - right.length) > limit) return undefined;
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= right.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const cost = Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return undefined;
    previous = current;
  }
  const distance = previous[right.length] ?? 0;
  return distance > limit ? undefined : distance;
}
