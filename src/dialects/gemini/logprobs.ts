/** `logprobsResult` in the caller's contract: one entry per token with its alternatives. */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, stringAt } from '../../core/json.ts';

export function decodeLogprobs(result: JsonObject | undefined): Json | undefined {
  if (!result) return undefined;
  const chosen = (arrayAt(result, 'chosenCandidates') ?? []).filter(isJsonObject);
  const top = arrayAt(result, 'topCandidates') ?? [];
  const content = chosen.map((candidate, i) => {
    const alternatives = top[i];
    const list = isJsonObject(alternatives) ? (arrayAt(alternatives, 'candidates') ?? []) : [];
    return { ...toEntry(candidate), top_logprobs: list.filter(isJsonObject).map(toEntry) };
  });
  return { content, refusal: null };
}

function toEntry(candidate: JsonObject): { token: string; logprob: number; bytes: null } {
  return {
    token: stringAt(candidate, 'token') ?? '',
    logprob: numberAt(candidate, 'logProbability') ?? 0,
    bytes: null,
  };
}
