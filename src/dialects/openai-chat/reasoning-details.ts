/** Items of `reasoning_details`, both ways (OpenRouter's API). */
import type { ReasoningDetail } from '../../core/chat.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  numberAt,
  stringAt,
} from '../../core/json.ts';

/** wire → core, or undefined for a kind that the core does not say (a server tool's call). */
export function decodeReasoningDetail(wire: JsonObject): ReasoningDetail | undefined {
  const index = numberAt(wire, 'index');
  const common = {
    ...(wire['id'] !== undefined && { id: stringAt(wire, 'id') ?? null }),
    ...(wire['format'] !== undefined && { format: stringAt(wire, 'format') ?? null }),
    ...(index !== undefined && { index }),
  };
  const text = stringAt(wire, 'text');
  const signature = stringAt(wire, 'signature');
  // MiniMax sends text items without a type.
  switch (stringAt(wire, 'type') ?? (text === undefined ? '' : 'reasoning.text')) {
    case 'reasoning.text':
      return {
        type: 'reasoning.text',
        ...(wire['text'] !== undefined && { text: text ?? null }),
        ...(wire['signature'] !== undefined && { signature: signature ?? null }),
        ...common,
      };
    case 'reasoning.summary':
      return { type: 'reasoning.summary', summary: stringAt(wire, 'summary') ?? '', ...common };
    case 'reasoning.encrypted':
      return { type: 'reasoning.encrypted', data: stringAt(wire, 'data') ?? '', ...common };
    default:
      return undefined;
  }
}

/**
 * Every fragment of a detail names its format and id, and the stream helper of OpenAI's Python package joins them as it joins
 * texts (`accumulate_delta` of openai/lib/streaming/_deltas.py): `anthropic-claude-v1anthropic-claude-v1` is one format.
 */
export function detailAsWritten(detail: JsonObject): JsonObject {
  const format = stringAt(detail, 'format') ?? '';
  const [once = ''] = /^(?:unknown|[a-z\d-]{1,60}?-v\d+)/.exec(format) ?? [];
  if (once.length === 0 || once.length === format.length) return detail;
  const times = format.length / once.length;
  if (once.repeat(times) !== format) return detail;
  const id = stringAt(detail, 'id') ?? '';
  const onceId = id.slice(0, id.length / times);
  return { ...detail, format: once, ...(id !== '' && onceId.repeat(times) === id && { id: onceId }) };
}

/** The same details where none was joined that way. */
export function detailsAsWritten(details: Json): Json {
  if (!isJsonArray(details)) return details;
  const written = details.map((detail) => (isJsonObject(detail) ? detailAsWritten(detail) : detail));
  return written.every((detail, at) => detail === details[at]) ? details : written;
}

/** What a reader sees of these details: for hosts that take reasoning back as text, where the caller replays details only. */
export function reasoningTextOf(details: readonly ReasoningDetail[]): string {
  let text = '';
  for (const detail of details) {
    if (detail.type === 'reasoning.text') text += detail.text ?? '';
    else if (detail.type === 'reasoning.summary') text += detail.summary;
  }
  return text;
}

/** core → wire. Every object in a list inside `delta` must carry `index`, or Python's stream helper raises. */
export function encodeReasoningDetail(detail: ReasoningDetail, fallbackIndex: number): JsonObject {
  const wire: MutableJsonObject = { ...detail, index: detail.index ?? fallbackIndex };
  wire['format'] ??= 'unknown';
  return wire;
}
