/**
 * Usage in the core's reading: `tokens` is what the model read and wrote, `billed_units` what is charged of it: hundreds of those
 * read are the host's own instructions, which nobody pays for (recorded: 506 read, 11 billed). https://docs.cohere.com/reference/chat
 */
import { type JsonObject, objectAt } from '../../core/json.ts';
import type { KnownUsageUnit, Usage } from '../../core/usage.ts';
import { MOST_SEARCHES, searchCountAt, tokenCountAt } from '../shared/upstream/token-count.ts';

/** Undefined where the host does not say what the bill needs: the exchange is then estimated. */
export function decodeUsage(raw: JsonObject): Usage | undefined {
  const billed = objectAt(raw, 'billed_units') ?? {};
  const tokens = objectAt(raw, 'tokens') ?? {};
  const billedPrompt = tokenCountAt(billed, 'input_tokens');
  const billedCompletion = tokenCountAt(billed, 'output_tokens');
  const images = tokenCountAt(tokens, 'image_tokens') ?? 0;
  const text = tokenCountAt(tokens, 'input_tokens');
  // Image tokens stand beside the text's (recorded: 502 and 259 read, 265 billed).
  const prompt = text === undefined ? billedPrompt : text + images;
  const completion = tokenCountAt(tokens, 'output_tokens') ?? billedCompletion;
  if (prompt === undefined || completion === undefined) return undefined;
  const counts: Partial<Record<KnownUsageUnit, number>> = { promptTokens: prompt, completionTokens: completion };
  const add = (unit: KnownUsageUnit, count: number | undefined, most: number): void => {
    if (count) counts[unit] = Math.min(count, most);
  };
  if (billedPrompt !== undefined && billedPrompt !== prompt) counts.billedPromptTokens = billedPrompt;
  if (billedCompletion !== undefined && billedCompletion !== completion)
    counts.billedCompletionTokens = billedCompletion;
  add('cachedTokens', tokenCountAt(raw, 'cached_tokens'), prompt);
  add('imagePromptTokens', images, prompt);
  add('reasoningTokens', tokenCountAt(tokens, 'reasoning_tokens'), completion);
  add('searchUnits', searchCountAt(billed, 'search_units'), MOST_SEARCHES);
  return { counts, estimated: false };
}
