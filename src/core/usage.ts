/**
 * What an exchange consumed, as unit → count. The list of units is open: a new kind of exchange brings its own.
 *
 * Token units follow the wire contract's inclusive reading (OpenRouter's API): `promptTokens` includes cached,
 * cache-write and media tokens; `completionTokens` includes reasoning and media tokens. Dialects convert hosts that count
 * otherwise; pricing takes the parts out again exactly once.
 */
export type KnownUsageUnit =
  | 'promptTokens'
  | 'completionTokens'
  /** What is charged of these two, where the host charges for other counts than it read and wrote. */
  | 'billedPromptTokens'
  | 'billedCompletionTokens'
  | 'cachedTokens'
  | 'cacheWriteTokens'
  /** The part of `cacheWriteTokens` written with a one-hour life. */
  | 'cacheWrite1hTokens'
  | 'reasoningTokens'
  | 'audioPromptTokens'
  | 'cachedAudioTokens'
  | 'audioCompletionTokens'
  | 'imagePromptTokens'
  | 'imageCompletionTokens'
  | 'videoPromptTokens'
  | 'acceptedPredictionTokens'
  | 'rejectedPredictionTokens'
  | 'webSearches'
  | 'images'
  /** Calls of server tools that the model made, and those of them that were run. */
  | 'toolCallsRequested'
  | 'toolCallsExecuted'
  /** Searches of a rerank: the fee per request is owed for each. */
  | 'searchUnits'
  | 'requests';
// `string & {}` keeps the list open without losing completion of the known names.
export type UsageUnit = KnownUsageUnit | (string & {});

export type UsageCounts = Readonly<Partial<Record<UsageUnit, number>>>;

export interface Usage {
  readonly counts: UsageCounts;
  /** True where no usage came from the provider and the counts were estimated from the text. */
  readonly estimated: boolean;
  /** Where the answer took several upstream requests: the counts of each, as conditional prices apply to each by itself. */
  readonly requests?: readonly UsageCounts[];
  /** What the provider says it charged, in nanodollars, where it says so. */
  readonly reportedCostNanoUsd?: bigint;
}

export function countOf(usage: Usage | undefined, unit: UsageUnit): number {
  return usage?.counts[unit] ?? 0;
}
