/**
 * Log probabilities in OpenAI's form, whatever the host sends: strict clients refuse a reply over them
 * (OpenRouter's API ChatTokenLogprobs).
 */
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  numberAt,
  stringAt,
} from '../../../core/json.ts';

/** The host's value in OpenAI's form; undefined where it is none (Together through OpenRouter sends a bare number). */
export function decodeLogprobs(value: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const { tokens, token_logprobs: numbers } = value;
  if (isJsonArray(tokens) && isJsonArray(numbers)) return fromParallelLists(tokens, numbers);
  const content = value['content'] ?? null;
  const refusal = value['refusal'];
  const kept = { ...value, content: isJsonArray(content) ? completed(content) : null };
  if (isJsonArray(refusal)) return { ...kept, refusal: completed(refusal) };
  return kept;
}

/** The same list where every token is whole already, which is nearly always. */
function completed(tokens: readonly Json[]): readonly Json[] {
  return tokens.every(isWhole) ? tokens : tokens.filter(isJsonObject).map(wholeToken);
}

function isWhole(token: Json): boolean {
  if (!isJsonObject(token)) return false;
  const { bytes, top_logprobs: top } = token;
  return (
    typeof token['token'] === 'string' &&
    typeof token['logprob'] === 'number' &&
    bytes !== undefined &&
    isJsonArray(top)
  );
}

function wholeToken(token: JsonObject): JsonObject {
  return {
    ...token,
    token: stringAt(token, 'token') ?? '',
    logprob: numberAt(token, 'logprob') ?? 0,
    bytes: token['bytes'] ?? null,
    top_logprobs: (arrayAt(token, 'top_logprobs') ?? []).filter(isJsonObject).map((other) => ({
      ...other,
      bytes: other['bytes'] ?? null,
    })),
  };
}

/** The completions form that Together and old vLLM builds keep: `tokens` beside `token_logprobs`. */
function fromParallelLists(tokens: readonly Json[], numbers: readonly Json[]): JsonObject {
  return {
    content: tokens.map((token, at) => {
      const logprob = numbers[at];
      return {
        token: typeof token === 'string' ? token : String(token),
        logprob: typeof logprob === 'number' ? logprob : 0,
        bytes: null,
        top_logprobs: [],
      };
    }),
  };
}
