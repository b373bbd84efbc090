/**
 * Usage in the core's reading. `billed_units` is what is charged; `tokens` is what the model read and wrote, hundreds of which
 * are the host's own instructions that nobody pays for (recorded: 506 read, 11 billed). https://docs.cohere.com/reference/chat
 */
import { type JsonObject, objectAt } from '../../core/json.ts';
import type { KnownUsageUnit, Usage } from '../../core/usage.ts';
import { MOST_SEARCHES, searchCountAt, tokenCountAt } from '../shared/upstream/token-count.ts';

/** Undefined where the host does not say what the bill needs: the exchange is then estimated. */
export function decodeUsage(raw: JsonObject): Usage | undefined {
  const billed = objectAt(raw, 'billed_units') ?? {};
  const tokens = objectAt(raw, 'tokens') ?? {};
  const images = tokenCountAt(tokens, 'image_tokens') ?? 0;
  const text = tokenCountAt(tokens, 'input_tokens');
  // Image tokens are billed as input, and stand beside the text's (recorded: 502 and 259 read, 265 billed).
  const read = text === undefined ? undefined : text + images;
  const prompt = tokenCountAt(billed, 'input_tokens') ?? read;
  const completion = tokenCountAt(billed, 'output_tokens') ?? tokenCountAt(tokens, 'output_tokens');
  if (prompt === undefined || completion === undefined) return undefined;
  const counts: Partial<Record<KnownUsageUnit, number>> = { promptTokens: prompt, completionTokens: completion };
  const add = (unit: KnownUsageUnit, count: number | undefined, most: number): void => {
    if (count) counts[unit] = Math.min(count, most);
  };
  add('cachedTokens', cachedShare(tokenCountAt(raw, 'cached_tokens'), read, prompt), prompt);
  add('imagePromptTokens', images, prompt);
  add('reasoningTokens', tokenCountAt(tokens, 'reasoning_tokens'), completion);
  add('searchUnits', searchCountAt(billed, 'search_units'), MOST_SEARCHES);
  return { counts, estimated: false };
}

/** Cached tokens are counted among those read, and cost what the others cost: told as that share of those billed. */
function cachedShare(cached: number | undefined, read: number | undefined, prompt: number): number | undefined {
  return cached === undefined || !read ? undefined : Math.floor((prompt * cached) / read);
}
