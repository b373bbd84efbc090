/** Log probabilities, core → wire (https://ai.google.dev/api/generate-content#LogprobsResult). */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, stringAt } from '../../../core/json.ts';

export function encodeLogprobs(logprobs: Json | undefined): JsonObject | undefined {
  const content = isJsonObject(logprobs) ? arrayAt(logprobs, 'content')?.filter(isJsonObject) : undefined;
  if (!content || content.length === 0) return undefined;
  return {
    topCandidates: content.map((token) => ({
      candidates: (arrayAt(token, 'top_logprobs') ?? []).filter(isJsonObject).map(candidate),
    })),
    chosenCandidates: content.map(candidate),
  };
}

function candidate(token: JsonObject): JsonObject {
  return { token: stringAt(token, 'token') ?? '', logProbability: numberAt(token, 'logprob') ?? 0 };
}
