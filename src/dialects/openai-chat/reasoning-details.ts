/** Items of `reasoning_details`, both ways (OpenRouter's API). */
import type { ReasoningDetail } from '../../core/chat.ts';
import { type JsonObject, type MutableJsonObject, numberAt, stringAt } from '../../core/json.ts';

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
