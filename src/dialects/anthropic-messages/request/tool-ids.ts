/**
 * Tool call ids as this grammar takes them: `[a-zA-Z0-9_-]+`, unique in the conversation (docs/sources.md). Other grammars
 * repeat ids from turn to turn and write any character into them.
 */
export interface ToolIds {
  /** The id to send for one call: the same every time the same conversation is translated, so that caches hit. */
  take(clientId: string): string;
}

export function openToolIds(): ToolIds {
  const used = new Set<string>();
  return {
    take(clientId) {
      const base = clientId.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
      let id = base;
      for (let number = 2; used.has(id); number++) id = `${base}_${number}`;
      used.add(id);
      return id;
    },
  };
}
