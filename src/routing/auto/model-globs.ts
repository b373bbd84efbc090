/**
 * Lists of model patterns (`allowed_models`, `excluded_models`): ids in which `*` stands for anything. Matching takes one look
 * for whole ids, beginnings (`author/*`) and endings (`*:free`) however many there are, and one pass over the id for each of the
 * others; nothing is tried twice, so no pattern is slow.
 */
import { latestAliasOf } from '../../catalog/latest-alias.ts';

export interface ModelGlobs {
  readonly patterns: readonly string[];
  readonly whole: ReadonlySet<string>;
  readonly beginnings: ReadonlySet<string>;
  readonly endings: ReadonlySet<string>;
  /** The parts between the stars of what is none of these. */
  readonly others: readonly (readonly string[])[];
}

export function compileGlobs(patterns: readonly string[]): ModelGlobs {
  const whole = new Set<string>();
  const beginnings = new Set<string>();
  const endings = new Set<string>();
  const others = new Map<string, readonly string[]>();
  for (const pattern of patterns) {
    const glob = pattern.trim().toLowerCase().replace(/\*+/g, '*');
    const parts = glob.split('*');
    const [first = '', second = ''] = parts;
    if (parts.length === 1) whole.add(glob);
    else if (parts.length === 2 && second === '') beginnings.add(first);
    else if (parts.length === 2 && first === '') endings.add(second);
    else others.set(glob, parts);
  }
  return { patterns, whole, beginnings, endings, others: [...others.values()] };
}

/** @param family `author/family` of the model: `~author/family-latest` in a list means all of it (OpenRouter's API) */
export function matchesGlobs(globs: ModelGlobs, id: string, family: string | null): boolean {
  return matches(globs, id) || (family !== null && globs.whole.has(latestAliasOf(family)));
}

/** Whether the list names the model itself, not a group it is in. */
export function namesModel(globs: ModelGlobs, id: string): boolean {
  return globs.whole.has(id);
}

function matches({ whole, beginnings, endings, others }: ModelGlobs, id: string): boolean {
  if (whole.has(id)) return true;
  if (beginnings.size > 0) for (let end = 0; end <= id.length; end++) if (beginnings.has(id.slice(0, end))) return true;
  if (endings.size > 0) for (let from = 0; from <= id.length; from++) if (endings.has(id.slice(from))) return true;
  return others.some((parts) => matchesParts(parts, id));
}

/** Leftmost fit of each part in turn: where that leaves no room, no other fit would. */
function matchesParts(parts: readonly string[], id: string): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (id.length < first.length + last.length || !id.startsWith(first) || !id.endsWith(last)) return false;
  const end = id.length - last.length;
  let from = first.length;
  for (let at = 1; at < parts.length - 1; at++) {
    const part = parts[at] ?? '';
    const found = id.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
