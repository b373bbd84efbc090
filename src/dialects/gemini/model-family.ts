/**
 * What a model's name says about the grammar it takes, where the catalogue's traits say nothing (a model that the operator
 * configured by hand). Traits win wherever they exist.
 */
import type { UpstreamContext } from '../dialect.ts';

/** `gemini-2.5-flash` → 2.5, `gemini-live-2.5-flash` → 2.5; null for `gemini-flash-latest`, `gemma-3-27b-it`, tuned models. */
export function geminiVersion(model: string): number | null {
  const match = /gemini-(?:[a-z]+-)*(\d(?:\.\d+)?)(?!\d)/i.exec(model);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/**
 * Whether the model refuses a replayed function call without a thought signature: Gemini 3 and later (docs/sources.md).
 * An unversioned alias counts as such where the catalogue says it takes efforts, which came with Gemini 3.
 */
export function needsSignatures(context: UpstreamContext): boolean {
  const version = geminiVersion(context.upstreamModel);
  if (version !== null) return version >= 3;
  return hasEfforts(context);
}

/** Media inside a function response (`functionResponse.parts`) came with Gemini 3. */
export function takesMediaInResponses(context: UpstreamContext): boolean {
  return needsSignatures(context);
}

/** Before Gemini 3, JSON output together with function declarations is refused. */
export function refusesJsonWithTools(context: UpstreamContext): boolean {
  const version = geminiVersion(context.upstreamModel);
  return version !== null && version < 3;
}

export type ThinkingControl = 'levels' | 'budget' | 'none';

/** How the model's thinking is asked for (docs/sources.md): levels from Gemini 3 on, a token budget on 2.5. */
export function thinkingControl(context: UpstreamContext): ThinkingControl {
  if (hasEfforts(context)) return 'levels';
  const { reasoning } = context.traits;
  const version = geminiVersion(context.upstreamModel);
  if (reasoning?.budget && (version === null || !reasoning.assumed)) return 'budget';
  if (version === null) return 'none';
  if (version >= 3) return 'levels';
  return version >= 2.5 ? 'budget' : 'none';
}

function hasEfforts(context: UpstreamContext): boolean {
  return (context.traits.reasoning?.efforts?.length ?? 0) > 0;
}
