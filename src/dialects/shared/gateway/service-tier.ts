/** Service tiers as hosts word them, and what a request may say about them where its endpoint is of no tier. */

/** What changes no price anywhere: the host's own choice, and the names of the standard tier. */
const UNPRICED: ReadonlySet<string> = new Set(['auto', 'default', 'scale', 'standard', 'standard_only', 'on_demand']);

/** True where a host may bill what is asked for at a price of its own: only an endpoint of that tier is asked for it. */
export function isPricedApart(serviceTier: string): boolean {
  return !UNPRICED.has(serviceTier);
}

/**
 * The tier that a host says it served, in OpenRouter's words. OpenAI calls `priority` `fast` since 2026-07-30 and names its
 * newer models' tier so (https://developers.openai.com/api/docs/guides/fast-mode); others have words for the standard one.
 */
export function tierServed(word: string): string {
  switch (word) {
    case 'fast':
      return 'priority';
    case 'standard':
    case 'on_demand':
      return 'default';
    default:
      return word;
  }
}
