/**
 * Usage of a Converse reply → core counts. The grammar counts in exclusive parts (uncached, cache read, cache write); core
 * counts inclusively (docs/sources.md). Reasoning is inside the output and not told apart.
 */
import { arrayAt, isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { UsageSemantics } from '../host.ts';
import { tokenCountAt } from '../shared/upstream/token-count.ts';

/** Undefined where the host does not say what the bill needs: the exchange is then estimated. */
export function toUsage(wire: JsonObject, { cachedInput }: UsageSemantics): Usage | undefined {
  const input = tokenCountAt(wire, 'inputTokens');
  const output = tokenCountAt(wire, 'outputTokens');
  if (input === undefined || output === undefined) return undefined;
  // Some models' replies have the older names too, or only them.
  const read = tokenCountAt(wire, 'cacheReadInputTokens') ?? tokenCountAt(wire, 'cacheReadInputTokenCount') ?? 0;
  const write = tokenCountAt(wire, 'cacheWriteInputTokens') ?? tokenCountAt(wire, 'cacheWriteInputTokenCount') ?? 0;
  const hourLong = Math.min(hourLongWrites(wire), write);
  return {
    counts: {
      promptTokens: input + (cachedInput === 'beside-input' ? read + write : 0),
      completionTokens: output,
      ...(read > 0 && { cachedTokens: read }),
      ...(write > 0 && { cacheWriteTokens: write }),
      ...(hourLong > 0 && { cacheWrite1hTokens: hourLong }),
    },
    estimated: false,
  };
}

function hourLongWrites(wire: JsonObject): number {
  let tokens = 0;
  for (const detail of arrayAt(wire, 'cacheDetails') ?? []) {
    if (isJsonObject(detail) && detail['ttl'] === '1h') tokens += tokenCountAt(detail, 'inputTokens') ?? 0;
  }
  return tokens;
}
