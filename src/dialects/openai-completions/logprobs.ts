/** Chances of tokens: the completions form (parallel lists) and the chat form (a list of tokens), each out of the other. */
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  numberAt,
  stringAt,
} from '../../core/json.ts';

/** The chat form; undefined where the value is none of the completions form. */
export function toChatLogprobs(value: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const { tokens, token_logprobs: numbers } = value;
  // Some hosts answer in the chat form on this path too.
  if (!isJsonArray(tokens) || !isJsonArray(numbers)) return isJsonArray(value['content']) ? value : undefined;
  const tops = arrayAt(value, 'top_logprobs') ?? [];
  const content = tokens.map((token, i) => ({
    token: String(token),
    // The first token of an echoed prompt has none.
    logprob: typeof numbers[i] === 'number' ? numbers[i] : 0,
    bytes: null,
    top_logprobs: topsOf(tops[i]),
  }));
  return { content };
}

function topsOf(tops: Json | undefined): readonly JsonObject[] {
  if (!isJsonObject(tops)) return [];
  return Object.entries(tops).flatMap(([token, logprob]) =>
    typeof logprob === 'number' ? [{ token, logprob, bytes: null }] : [],
  );
}

/**
 * The completions form, or null where there is nothing to say.
 * @param offset where the first token stands: positions are counted from the prompt's beginning
 */
export function toCompletionLogprobs(value: Json | undefined, offset: number): JsonObject | null {
  const content = isJsonObject(value) ? (arrayAt(value, 'content') ?? []).filter(isJsonObject) : [];
  if (content.length === 0) return null;
  let at = offset;
  const offsets: number[] = [];
  for (const token of content) {
    offsets.push(at);
    at += (stringAt(token, 'token') ?? '').length;
  }
  return {
    tokens: content.map((token) => stringAt(token, 'token') ?? ''),
    token_logprobs: content.map((token) => numberAt(token, 'logprob') ?? 0),
    top_logprobs: content.map((token) => byToken(arrayAt(token, 'top_logprobs') ?? [])),
    text_offset: offsets,
  };
}

function byToken(tops: readonly Json[]): JsonObject {
  const chances: MutableJsonObject = {};
  for (const top of tops.filter(isJsonObject)) chances[stringAt(top, 'token') ?? ''] = numberAt(top, 'logprob') ?? 0;
  return chances;
}

/** How many characters the tokens of a chat form have. */
export function lengthOfTokens(value: Json | undefined): number {
  const content = isJsonObject(value) ? (arrayAt(value, 'content') ?? []) : [];
  let length = 0;
  for (const token of content.filter(isJsonObject)) length += (stringAt(token, 'token') ?? '').length;
  return length;
}
