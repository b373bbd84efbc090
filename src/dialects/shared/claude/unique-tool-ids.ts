/**
 * Tool call ids where they must be unique in the conversation (docs/sources.md). Other grammars repeat ids from turn to turn and
 * write any character into them.
 */
export interface ToolIds {
  /** The id to send for one call: the same every time the same conversation is translated, so that caches hit. */
  take(clientId: string): string;
}

/** Letters, digits, `_` and `-`, as most hosts want it. */
export function plainId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
}

/** @param shape any id as the host takes it; ids that differ after it may not be told apart by their ends alone */
export function openToolIds(shape: (id: string) => string = plainId): ToolIds {
  const used = new Set<string>();
  /** The number that an id which comes again gets: a caller may send the same one thousands of times. */
  const next = new Map<string, number>();
  return {
    take(clientId) {
      const base = shape(clientId);
      let id = base;
      let number = next.get(base) ?? 2;
      for (; used.has(id); number++) id = shape(`${base}_${number}`);
      next.set(base, number);
      used.add(id);
      return id;
    },
  };
}
