/** Ids of an answer: the grammar's own prefixes before what tells the exchange from others (`gen-<seconds>-<random>`). */

export function responseId(generationId: string): string {
  return `resp_${generationId.replace(/^gen-/, '')}`;
}

/** What the ids of the answer's items end with, before their position. */
export function itemIdSuffix(generationId: string): string {
  return generationId.slice(generationId.lastIndexOf('-') + 1);
}
