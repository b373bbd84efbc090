/**
 * One parsed upstream frame to the client's frame (DESIGN §7.1): unknown fields survive by value, and every frame satisfies
 * openrouter-api.md §2.3–2.4 and §6.2: our id, model and provider, native_finish_reason, reasoning beside
 * reasoning_details, an index on every object of a list inside delta, and no nulls where clients refuse them.
 */
import type { FinishReason } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { RelayContext } from '../dialect.ts';
import { finishWithCalls, toFinishReason } from './finish.ts';
import { decodeLogprobs } from './logprobs.ts';

/** Top-level members of a frame that we say ourselves, or absorb. */
const OURS = new Set(['id', 'object', 'created', 'model', 'provider', 'choices', 'usage', 'error', 'obfuscation']);
const DELTA_TEXT = new Set([
  'role',
  'content',
  'reasoning',
  'reasoning_content',
  'reasoning_text',
  'reasoning_details',
]);

export interface RelayedChoice {
  readonly value: JsonObject;
  readonly index: number;
  readonly hasContent: boolean;
  /** True where there is nothing to tell the client: a role-only or empty opening. */
  readonly isEmpty: boolean;
  readonly characters: number;
  readonly toolCalls: number;
  readonly finishReason: FinishReason | null;
  readonly nativeFinishReason: string | null;
}

/** Members of the frame that nobody knows, by value. */
export function unknownMembers(frame: JsonObject, wrapper: string | undefined): MutableJsonObject | undefined {
  let unknown: MutableJsonObject | undefined;
  for (const key of Object.keys(frame)) {
    const value = frame[key];
    if (OURS.has(key) || key === wrapper || value === null || value === undefined) continue;
    unknown ??= {};
    unknown[key] = value;
  }
  return unknown;
}

export function frameOf(
  context: RelayContext,
  choices: readonly JsonObject[],
  unknown: JsonObject | undefined,
): JsonObject {
  const { head } = context;
  return {
    id: head.id,
    object: 'chat.completion.chunk',
    created: head.createdSeconds,
    model: head.model,
    provider: head.providerName,
    choices,
    ...unknown,
  };
}

/** Gives every tool call its position, whatever a host leaves out or repeats (dialects.md §9). */
export interface ToolCallIndex {
  of(choice: number, call: JsonObject): number;
  /** How many calls the choice has begun. */
  count(choice: number): number;
}

interface BegunCall {
  readonly position: number;
  readonly id: string;
}

export function openToolCallIndex(): ToolCallIndex {
  const begun = new Map<number, BegunCall[]>();
  /** `choice:index as the host says` → the call it means at present. */
  const byHostIndex = new Map<string, BegunCall>();
  const begin = (choice: number, id: string): BegunCall => {
    const calls = begun.get(choice) ?? [];
    const call = { position: calls.length, id };
    begun.set(choice, [...calls, call]);
    return call;
  };
  return {
    count: (choice) => begun.get(choice)?.length ?? 0,
    of(choice, wire) {
      const { index } = wire;
      const id = typeof wire['id'] === 'string' ? wire['id'] : '';
      const fn = wire['function'];
      const isNamed = isJsonObject(fn) && typeof fn['name'] === 'string' && fn['name'] !== '';
      if (typeof index === 'number' && Number.isInteger(index) && index >= 0) {
        const key = `${choice}:${index}`;
        const known = byHostIndex.get(key);
        // Gemini's compatible door gives every parallel call the index 0: another id with a name is another call.
        if (known && !(id && isNamed && known.id && known.id !== id)) return known.position;
        const fresh = begin(choice, id);
        byHostIndex.set(key, fresh);
        return fresh.position;
      }
      // No index: a known id continues its call, a new id or another name begins one, the rest belongs to the last.
      const calls = begun.get(choice) ?? [];
      const known = id ? calls.find((call) => call.id === id) : isNamed ? undefined : calls.at(-1);
      return (known ?? begin(choice, id)).position;
    },
  };
}

export function relayChoice(raw: JsonObject, context: RelayContext, calls: ToolCallIndex): RelayedChoice {
  const index = typeof raw['index'] === 'number' && Number.isInteger(raw['index']) ? raw['index'] : 0;
  const rawDelta = isJsonObject(raw['delta']) ? raw['delta'] : isJsonObject(raw['message']) ? raw['message'] : {};
  const delta: MutableJsonObject = { role: 'assistant', content: textOf(rawDelta['content']) };
  const reasoning = context.head.excludeReasoning
    ? { characters: 0, present: false }
    : addReasoning(delta, rawDelta, context);
  let toolCalls = 0;
  let characters = reasoning.characters + lengthOf(delta['content']);
  let hasMore = false;
  for (const key of Object.keys(rawDelta)) {
    const value = rawDelta[key];
    if (DELTA_TEXT.has(key) || value === null || value === undefined) continue;
    if (key === 'tool_calls') {
      if (!isJsonArray(value) || value.length === 0) continue;
      delta['tool_calls'] = value.filter(isJsonObject).map((call) => relayToolCall(call, calls.of(index, call)));
      toolCalls = value.length;
      characters += JSON.stringify(value).length;
    } else {
      delta[key] = isJsonArray(value) ? withIndexes(value) : value;
      if (key === 'refusal') characters += lengthOf(value);
    }
    hasMore = true;
  }
  const native = typeof raw['finish_reason'] === 'string' && raw['finish_reason'] ? raw['finish_reason'] : null;
  const nativeFinishReason = typeof raw['native_finish_reason'] === 'string' ? raw['native_finish_reason'] : native;
  const finishReason = native === null ? null : finishWithCalls(toFinishReason(native), calls.count(index) > 0);
  const value: MutableJsonObject = {
    index,
    delta,
    finish_reason: finishReason,
    native_finish_reason: nativeFinishReason,
  };
  for (const key of Object.keys(raw)) {
    const member = raw[key];
    if (key in value || key === 'message' || key === 'usage' || member === null || member === undefined) continue;
    const kept = key === 'logprobs' ? decodeLogprobs(member) : member;
    if (kept !== undefined) value[key] = kept;
  }
  const hasContent = lengthOf(delta['content']) > 0 || reasoning.present || hasMore;
  return {
    value,
    index,
    hasContent,
    isEmpty: !hasContent && finishReason === null && raw['logprobs'] == null,
    characters,
    toolCalls,
    finishReason,
    nativeFinishReason,
  };
}

function addReasoning(
  delta: MutableJsonObject,
  raw: JsonObject,
  context: RelayContext,
): { readonly characters: number; readonly present: boolean } {
  // Some hosts send the same text under two names: the first non-empty one, never both.
  const text = [raw['reasoning'], raw['reasoning_content'], raw['reasoning_text'], thinkingOf(raw['content'])].find(
    (value): value is string => typeof value === 'string' && value.length > 0,
  );
  const details = isJsonArray(raw['reasoning_details']) ? raw['reasoning_details'] : [];
  if (text === undefined && details.length === 0) return { characters: 0, present: false };
  delta['reasoning'] = text ?? '';
  delta['reasoning_details'] =
    details.length > 0
      ? withIndexes(details)
      : [
          {
            type: 'reasoning.text',
            text: text ?? '',
            format: context.host.quirks.reasoningFormat ?? 'unknown',
            index: 0,
          },
        ];
  return { characters: lengthOf(text), present: true };
}

function relayToolCall(call: JsonObject, index: number): JsonObject {
  const relayed: MutableJsonObject = { index };
  for (const key of Object.keys(call)) {
    const value = call[key];
    if (key !== 'index' && value !== null && value !== undefined) relayed[key] = value;
  }
  const fn = call['function'];
  if (isJsonObject(fn)) {
    const { arguments: args, name, ...rest } = fn;
    relayed['function'] = {
      ...rest,
      ...(typeof name === 'string' && { name }),
      // Some hosts send the arguments as an object.
      ...(args != null && { arguments: typeof args === 'string' ? args : JSON.stringify(args) }),
    };
  }
  return relayed;
}

/** Python's stream helper raises on an object in a list inside delta that has no index. */
function withIndexes(items: readonly Json[]): readonly Json[] {
  return items.map((item, index) => (isJsonObject(item) && item['index'] === undefined ? { ...item, index } : item));
}

/** Content as text: a string, or an array of parts whose texts count (Mistral's grammar). */
function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!isJsonArray(content)) return '';
  return content.map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

/** The reasoning in an array content: `{type: thinking, thinking: [{type: text, text}]}` (dialects.md §7). */
function thinkingOf(content: Json | undefined): string | undefined {
  if (!isJsonArray(content)) return undefined;
  const parts = content.flatMap((part) =>
    isJsonObject(part) && isJsonArray(part['thinking']) ? part['thinking'] : [],
  );
  return textOf(parts);
}

function lengthOf(value: Json | undefined): number {
  return typeof value === 'string' ? value.length : 0;
}
