/**
 * Usage as OpenAI's grammars and their relatives report it. Money hangs on it: a count that cannot be right (negative, text, absurd) is treated as not said, so
 * that the exchange is estimated and marked rather than billed wrong (docs/sources.md).
 */
import { type JsonObject, objectAt } from '../../../core/json.ts';
import type { KnownUsageUnit, Usage } from '../../../core/usage.ts';
import type { HostProfile } from '../../host.ts';
import { MOST_SEARCHES, reportedCost, searchCountAt, tokenCountAt } from '../upstream/token-count.ts';

/** xAI counts cost in ticks of 10^-10 USD. */
const TICKS_PER_NANO_USD = 10n;

/** Usage as the host reports it → inclusive counts, or undefined where it does not say what the bill needs. */
export function decodeUsage(raw: JsonObject, host: Pick<HostProfile, 'usage'>): Usage | undefined {
  const input = raw['prompt_tokens_details'] ?? raw['prompt_token_details'] ?? raw['input_tokens_details'];
  const promptDetails = isObject(input) ? input : {};
  const output = raw['completion_tokens_details'] ?? raw['output_tokens_details'];
  const completionDetails = isObject(output) ? output : {};
  const total = tokenCountAt(raw, 'total_tokens');
  const sides = bothSides(raw, total);
  if (!sides) return undefined;

  const cached = cachedOf(raw, promptDetails);
  const written = writtenOf(raw, promptDetails);
  const prompt = sides.prompt + (host.usage.cachedInput === 'beside-input' ? cached + written : 0);
  const reasoning = tokenCountAt(completionDetails, 'reasoning_tokens') ?? tokenCountAt(raw, 'reasoning_tokens') ?? 0;
  const isBeside =
    host.usage.reasoning === 'beside-output' ||
    (host.usage.reasoning === 'by-total' && total !== undefined && total >= prompt + sides.completion + reasoning);
  const completion = sides.completion + (isBeside ? reasoning : 0);

  const counts: Partial<Record<KnownUsageUnit, number>> = { promptTokens: prompt, completionTokens: completion };
  // A part is never larger than its whole: some hosts estimate parts apart from the bill (MiniMax's reasoning).
  const set = (unit: KnownUsageUnit, count: number | undefined, most: number): void => {
    if (count) counts[unit] = Math.min(count, most);
  };
  set('cachedTokens', cached, prompt);
  set('cacheWriteTokens', written, Math.max(0, prompt - cached));
  set('cacheWrite1hTokens', longWrittenOf(raw), counts.cacheWriteTokens ?? 0);
  set(
    'audioPromptTokens',
    tokenCountAt(promptDetails, 'audio_tokens') ?? tokenCountAt(raw, 'audio_prompt_tokens'),
    prompt,
  );
  set('imagePromptTokens', tokenCountAt(promptDetails, 'image_tokens'), prompt);
  set('videoPromptTokens', tokenCountAt(promptDetails, 'video_tokens'), prompt);
  set('reasoningTokens', reasoning, completion);
  set('audioCompletionTokens', tokenCountAt(completionDetails, 'audio_tokens'), completion);
  set('imageCompletionTokens', tokenCountAt(completionDetails, 'image_tokens'), completion);
  set('acceptedPredictionTokens', tokenCountAt(completionDetails, 'accepted_prediction_tokens'), completion);
  set('rejectedPredictionTokens', tokenCountAt(completionDetails, 'rejected_prediction_tokens'), completion);
  set('webSearches', webSearchesOf(raw), MOST_SEARCHES);

  const reportedCostNanoUsd = host.usage.reportsCost === false ? undefined : reportedCostOf(raw);
  return { counts, estimated: false, ...(reportedCostNanoUsd !== undefined && { reportedCostNanoUsd }) };
}

/** Both totals, one of them by subtraction where only it is missing. */
function bothSides(
  raw: JsonObject,
  total: number | undefined,
): { readonly prompt: number; readonly completion: number } | undefined {
  const hit = tokenCountAt(raw, 'prompt_cache_hit_tokens');
  const miss = tokenCountAt(raw, 'prompt_cache_miss_tokens');
  const prompt =
    tokenCountAt(raw, 'prompt_tokens') ??
    tokenCountAt(raw, 'input_tokens') ??
    (hit !== undefined && miss !== undefined ? hit + miss : undefined);
  const completion = tokenCountAt(raw, 'completion_tokens') ?? tokenCountAt(raw, 'output_tokens');
  if (prompt !== undefined && completion !== undefined) return { prompt, completion };
  if (total === undefined) return undefined;
  if (prompt !== undefined && total >= prompt) return { prompt, completion: total - prompt };
  if (completion !== undefined && total >= completion) return { prompt: total - completion, completion };
  return undefined;
}

/** Tokens read from the cache, under the names of OpenAI, DeepSeek, Moonshot, Mistral and Anthropic's relatives. */
function cachedOf(raw: JsonObject, details: JsonObject): number {
  return (
    tokenCountAt(details, 'cached_tokens') ??
    tokenCountAt(raw, 'prompt_cache_hit_tokens') ??
    tokenCountAt(raw, 'cached_tokens') ??
    tokenCountAt(raw, 'num_cached_tokens') ??
    tokenCountAt(raw, 'cache_read_input_tokens') ??
    0
  );
}

function writtenOf(raw: JsonObject, details: JsonObject): number {
  return (
    tokenCountAt(details, 'cache_write_tokens') ??
    tokenCountAt(details, 'cache_creation_tokens') ??
    tokenCountAt(details, 'cache_creation_input_tokens') ??
    tokenCountAt(raw, 'cache_creation_input_tokens') ??
    0
  );
}

function longWrittenOf(raw: JsonObject): number | undefined {
  const creation = objectAt(raw, 'cache_creation');
  return creation && tokenCountAt(creation, 'ephemeral_1h_input_tokens');
}

function webSearchesOf(raw: JsonObject): number | undefined {
  const details = objectAt(raw, 'server_tool_use_details') ?? objectAt(raw, 'server_tool_use');
  return (details && searchCountAt(details, 'web_search_requests')) ?? searchCountAt(raw, 'num_search_queries');
}

/** The host's own price: OpenRouter's `cost`, Perplexity's `cost.total_cost`, xAI's ticks. */
function reportedCostOf(raw: JsonObject): bigint | undefined {
  const { cost } = raw;
  const told = reportedCost(isObject(cost) ? cost['total_cost'] : cost);
  if (told !== undefined) return told;
  const ticks = raw['cost_in_usd_ticks'];
  if (typeof ticks !== 'number' || !Number.isSafeInteger(ticks) || ticks < 0) return undefined;
  return (BigInt(ticks) + TICKS_PER_NANO_USD - 1n) / TICKS_PER_NANO_USD;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
