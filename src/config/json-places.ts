/**
 * Where each key of a JSON text stands. The YAML parser could tell too, but takes two seconds for a generated file of a
 * megabyte, and a reload happens in the serving process.
 */
import type { Path } from './problems.ts';

/** A value and the places of what is inside it. */
interface Place {
  /** Of the key, or of the item in a list. */
  readonly offset: number;
  readonly inside: Map<string, Place>;
}

export interface JsonPlaces {
  /** Offset of the key or item; of the nearest existing parent where it does not exist. */
  offsetOf(path: Path): number;
  /** Offsets of keys that occur again in their group. */
  readonly repeated: readonly number[];
}

interface Group {
  readonly place: Place;
  readonly isList: boolean;
  /** The key read last, until its value begins. */
  key: { readonly name: string; readonly offset: number } | null;
  items: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** @param text JSON that `JSON.parse` has accepted */
export function findJsonPlaces(text: string): JsonPlaces {
  const root: Place = { offset: 0, inside: new Map() };
  const repeated: number[] = [];
  const groups: Group[] = [];

  /** Registers the value that begins here under its key or number. */
  const place = (offset: number): Place => {
    const group = groups.at(-1);
    if (!group) return root;
    const at = group.key?.offset ?? offset;
    const name = group.key?.name ?? String(group.items++);
    group.key = null;
    if (group.place.inside.has(name)) repeated.push(at);
    const value: Place = { offset: at, inside: new Map() };
    group.place.inside.set(name, value);
    return value;
  };

  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const group = groups.at(-1);
    if (token === '{' || token === '[')
      groups.push({ place: place(index), isList: token === '[', key: null, items: 0 });
    else if (token === '}' || token === ']') groups.pop();
    else if (token === ',' || token === ':') continue;
    else if (group && !group.isList && group.key === null)
      group.key = { name: String(JSON.parse(token)), offset: index };
    else place(index);
  }

  return {
    repeated,
    offsetOf(path) {
      let at = root;
      for (const segment of path) {
        const next = at.inside.get(String(segment));
        if (!next) break;
        at = next;
      }
      return at.offset;
    },
  };
}
