/**
 * Reads a message block by block into core events. The stream decoder feeds it fragments, the whole reply feeds it whole
 * blocks: one reading, so that both give the same answer (docs/sources.md).
 */
import type { FinishReason } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { toAnnotations } from './citations.ts';

const CHOICE = 0;

type OpenBlock =
  | { readonly kind: 'text'; readonly start: number; readonly citations: Json[] }
  | { readonly kind: 'reasoning'; readonly position: number; hasText: boolean; signature: string; redacted: string[] }
  | { readonly kind: 'tool'; readonly position: number; hasInput: boolean }
  | { readonly kind: 'image'; readonly format: string; bytes: string[] }
  | { readonly kind: 'other' };

export interface BlockReader {
  /** `contentBlockStart`. */
  start(index: number, start: JsonObject): ChatEvent[];
  /** `contentBlockDelta`; undefined where arguments came for a call that nobody opened. */
  delta(index: number, delta: JsonObject): ChatEvent[] | undefined;
  /** `contentBlockStop`. */
  stop(index: number): ChatEvent[];
  /** A block of a whole reply. */
  whole(block: JsonObject): ChatEvent[];
  /** Closes what is open and ends the choice. */
  finish(stopReason: string): ChatEvent[];
  readonly hasBlocks: boolean;
}

/** @param format `reasoning_details[].format` of what the model reasons */
export function openBlockReader(format: string): BlockReader {
  const open = new Map<number, OpenBlock>();
  let toolCalls = 0;
  let reasoningItems = 0;
  let textLength = 0;
  let hasBlocks = false;
  let wholeBlocks = 0;

  const openAs = <Block extends OpenBlock>(index: number, block: Block): Block => {
    hasBlocks = true;
    open.set(index, block);
    return block;
  };
  const openText = (index: number): ChatEvent[] => {
    openAs(index, { kind: 'text', start: textLength, citations: [] });
    return [];
  };
  const openReasoning = (index: number): void => {
    openAs(index, { kind: 'reasoning', position: reasoningItems++, hasText: false, signature: '', redacted: [] });
  };
  const openTool = (index: number, tool: JsonObject): ChatEvent[] => {
    // A tool that the host runs itself: nothing a chat reply says.
    if (stringAt(tool, 'type') === 'server_tool_use') {
      openAs(index, { kind: 'other' });
      return [];
    }
    const position = toolCalls++;
    openAs(index, { kind: 'tool', position, hasInput: false });
    const id = stringAt(tool, 'toolUseId') || `tooluse_${position}`;
    return [{ type: 'tool-call-start', choice: CHOICE, index: position, id, name: stringAt(tool, 'name') ?? '' }];
  };

  const text = (fragment: string): ChatEvent[] => {
    textLength += fragment.length;
    return fragment ? [{ type: 'text-delta', choice: CHOICE, text: fragment }] : [];
  };
  const reasoning = (block: Extract<OpenBlock, { kind: 'reasoning' }>, content: JsonObject): ChatEvent[] => {
    const fragment = stringAt(content, 'text') ?? '';
    block.signature += stringAt(content, 'signature') ?? '';
    const redacted =
      stringAt(content, 'redactedContent') ?? stringAt(objectAt(content, 'redactedReasoning') ?? {}, 'data');
    if (redacted) block.redacted.push(redacted);
    if (!fragment) return [];
    block.hasText = true;
    const detail = { type: 'reasoning.text', text: fragment, format, index: block.position } as const;
    return [{ type: 'reasoning-delta', choice: CHOICE, text: fragment, details: [detail] }];
  };

  const close = (index: number): ChatEvent[] => {
    const block = open.get(index);
    open.delete(index);
    switch (block?.kind) {
      case 'text': {
        const annotations = toAnnotations(block.citations, block.start, textLength);
        return annotations.length > 0 ? [{ type: 'annotation-delta', choice: CHOICE, annotations }] : [];
      }
      case 'reasoning':
        return closeReasoning(block, format);
      case 'tool':
        return block.hasInput ? [] : [toolInput(block.position, '{}')];
      case 'image': {
        const bytes = joinBase64(block.bytes);
        return bytes
          ? [{ type: 'image-delta', choice: CHOICE, url: `data:image/${block.format};base64,${bytes}` }]
          : [];
      }
      case 'other':
      case undefined:
        return [];
    }
  };
  /** Blocks never overlap; some hosts leave the stop of one out. */
  const closeOthers = (index: number): ChatEvent[] =>
    [...open.keys()].flatMap((other) => (other === index ? [] : close(other)));

  const start = (index: number, wire: JsonObject): ChatEvent[] => {
    const before = [...closeOthers(index), ...close(index)];
    const tool = objectAt(wire, 'toolUse');
    if (tool) return [...before, ...openTool(index, tool)];
    const image = objectAt(wire, 'image');
    if (image) openAs(index, { kind: 'image', format: stringAt(image, 'format') ?? 'png', bytes: [] });
    else if (wire['toolResult'] !== undefined) openAs(index, { kind: 'other' });
    // Anything else has its kind in its first fragment.
    return before;
  };

  const delta = (index: number, wire: JsonObject): ChatEvent[] | undefined => {
    const before = closeOthers(index);
    if (!open.has(index)) {
      if (wire['reasoningContent'] !== undefined) openReasoning(index);
      else if (wire['text'] !== undefined || wire['citation'] !== undefined) openText(index);
      else if (wire['toolUse'] !== undefined) return undefined;
      else openAs(index, { kind: 'other' });
    }
    const block = open.get(index);
    switch (block?.kind) {
      case 'text':
        if (wire['citation'] !== undefined) block.citations.push(wire['citation']);
        return [...before, ...text(stringAt(wire, 'text') ?? '')];
      case 'reasoning':
        return [...before, ...reasoning(block, objectAt(wire, 'reasoningContent') ?? {})];
      case 'tool': {
        const input = stringAt(objectAt(wire, 'toolUse') ?? {}, 'input') ?? '';
        if (!input) return before;
        block.hasInput = true;
        return [...before, toolInput(block.position, input)];
      }
      case 'image': {
        const bytes = stringAt(objectAt(objectAt(wire, 'image') ?? {}, 'source') ?? {}, 'bytes');
        if (bytes) block.bytes.push(bytes);
        return before;
      }
      case 'other':
      case undefined:
        return before;
    }
  };

  return {
    start,
    delta,
    stop: close,
    whole(block) {
      const index = wholeBlocks++;
      const events = start(index, block);
      for (const fragment of fragmentsOf(block)) for (const event of delta(index, fragment) ?? []) events.push(event);
      return [...events, ...close(index)];
    },
    finish(stopReason) {
      const closing = [...open.keys()].flatMap(close);
      const finishReason = toFinishReason(stopReason, toolCalls > 0);
      return [...closing, { type: 'choice-end', choice: CHOICE, finishReason, nativeFinishReason: stopReason }];
    },
    get hasBlocks() {
      return hasBlocks;
    },
  };
}

/** A whole block as the fragments that a stream of it would have had. */
function fragmentsOf(block: JsonObject): JsonObject[] {
  const tool = objectAt(block, 'toolUse');
  if (tool) {
    const { input } = tool;
    return [{ toolUse: { input: typeof input === 'string' ? input : JSON.stringify(input ?? {}) } }];
  }
  const reasoning = objectAt(block, 'reasoningContent');
  if (reasoning) {
    return [{ reasoningContent: { ...reasoning, ...objectAt(reasoning, 'reasoningText') } }];
  }
  const cited = objectAt(block, 'citationsContent');
  if (!cited) return [block];
  return [
    ...(arrayAt(cited, 'citations') ?? []).map((citation) => ({ citation })),
    ...(arrayAt(cited, 'content') ?? []).filter(isJsonObject),
  ];
}

function toolInput(index: number, args: string): ChatEvent {
  return { type: 'tool-call-delta', choice: CHOICE, index, arguments: args };
}

/** What closes a reasoning item: its signature, whole, and what is not shown of it. */
function closeReasoning(block: Extract<OpenBlock, { kind: 'reasoning' }>, format: string): ChatEvent[] {
  const { position: index, signature, redacted, hasText } = block;
  const event = (detail: Extract<ChatEvent, { type: 'reasoning-delta' }>['details'][number]): ChatEvent => ({
    type: 'reasoning-delta',
    choice: CHOICE,
    text: '',
    details: [detail],
  });
  const events: ChatEvent[] = [];
  if (signature) {
    // A signature may sign a text that is not shown: the item is then the signature and an empty text.
    const shown = hasText ? {} : { text: '' };
    events.push(event({ type: 'reasoning.text', ...shown, signature, format, index }));
  }
  const data = joinBase64(redacted);
  if (data) events.push(event({ type: 'reasoning.encrypted', data, format, index }));
  return events;
}

/** Bytes that came in pieces, each of them base64 of its own. */
function joinBase64(pieces: readonly string[]): string {
  const [only = ''] = pieces;
  if (pieces.length <= 1 || pieces.slice(0, -1).every((piece) => !piece.endsWith('='))) {
    return pieces.length <= 1 ? only : pieces.join('');
  }
  try {
    return btoa(pieces.map((piece) => atob(piece)).join(''));
  } catch {
    // No base64: as it came, whoever reads it refuses it.
    return pieces.join('');
  }
}

/** See docs/sources.md. Some models end a tool call with `end_turn`: they are read by what they sent. */
function toFinishReason(stopReason: string, hasToolCalls: boolean): FinishReason {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'content_filtered':
    case 'guardrail_intervened':
      return 'content_filter';
    case 'malformed_model_output':
    case 'malformed_tool_use':
      return 'error';
    case 'stop_sequence':
      return 'stop';
    default:
      return hasToolCalls ? 'tool_calls' : 'stop';
  }
}
