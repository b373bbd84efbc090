/**
 * Reads a message block by block into core events. The stream decoder feeds it fragments, the whole reply feeds it whole
 * blocks: one reading, so that both give the same answer (docs/sources.md).
 */
import type { FinishReason } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { THINKING_FORMAT } from '../shared/claude/thinking.ts';
import { tierServed } from '../shared/gateway/service-tier.ts';
import { mergeUsage, toUsage } from './usage.ts';

const CHOICE = 0;

interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'tool' | 'other';
  /** Position among tool calls, or among reasoning details. */
  readonly position: number;
  readonly input: JsonObject | undefined;
  readonly textStart: number;
  readonly citations: Json[];
  /** A fragment of this block was given. */
  started: boolean;
}

export interface MessageReader {
  start(message: JsonObject, partialUsage: boolean): ChatEvent[];
  openBlock(index: number, block: JsonObject): ChatEvent[];
  /** Undefined where the fragment belongs to no block that could hold it. */
  delta(index: number, delta: JsonObject): ChatEvent[] | undefined;
  /** A piece of text for a text block that is open; undefined where that is another block, or none. */
  say(index: number, fragment: string): readonly ChatEvent[] | undefined;
  closeBlock(index: number): ChatEvent[];
  /** The stop reason and final usage, whenever they come. */
  stopping(delta: JsonObject, usage: JsonObject | undefined): ChatEvent[];
  /** Closes what is open and ends the choice. */
  finish(): ChatEvent[];
  /** True once a block was opened. */
  readonly hasBlocks: boolean;
}

export function openMessageReader(context: UpstreamContext): MessageReader {
  const format = context.host.quirks.reasoningFormat ?? THINKING_FORMAT;
  const open = new Map<number, OpenBlock>();
  let toolCalls = 0;
  let reasoningItems = 0;
  let textLength = 0;
  let stopReason: string | null = null;
  let usage: JsonObject | undefined;
  let hasBlocks = false;

  const text = (fragment: string): ChatEvent[] => {
    textLength += fragment.length;
    return fragment ? [{ type: 'text-delta', choice: CHOICE, text: fragment }] : [];
  };
  const thinking = (block: OpenBlock, fragment: string): ChatEvent[] => {
    if (!fragment) return [];
    block.started = true;
    const detail = { type: 'reasoning.text', text: fragment, format, index: block.position } as const;
    return [{ type: 'reasoning-delta', choice: CHOICE, text: fragment, details: [detail] }];
  };
  const signature = (block: OpenBlock, value: string): ChatEvent[] => {
    if (!value) return [];
    // A signature may sign a text that is not shown (`display: omitted`): the item is then the signature and an empty text.
    const shown = block.started ? {} : { text: '' };
    block.started = true;
    const detail = { type: 'reasoning.text', ...shown, signature: value, format, index: block.position } as const;
    return [{ type: 'reasoning-delta', choice: CHOICE, text: '', details: [detail] }];
  };
  const redacted = (data: string): ChatEvent[] => {
    const detail = { type: 'reasoning.encrypted', data, format, index: reasoningItems++ } as const;
    return [{ type: 'reasoning-delta', choice: CHOICE, text: '', details: [detail] }];
  };

  const openBlock = (index: number, wire: JsonObject): ChatEvent[] => {
    hasBlocks = true;
    const opened = (kind: OpenBlock['kind'], position: number): OpenBlock => {
      const input = objectAt(wire, 'input');
      const citations = [...(arrayAt(wire, 'citations') ?? [])];
      const block: OpenBlock = { kind, position, input, textStart: textLength, citations, started: false };
      open.set(index, block);
      return block;
    };
    switch (wire['type']) {
      case 'text':
        opened('text', 0);
        return text(stringAt(wire, 'text') ?? '');
      case 'thinking': {
        const block = opened('thinking', reasoningItems++);
        return [
          ...thinking(block, stringAt(wire, 'thinking') ?? ''),
          ...signature(block, stringAt(wire, 'signature') ?? ''),
        ];
      }
      case 'redacted_thinking':
        opened('other', 0);
        return redacted(stringAt(wire, 'data') ?? '');
      case 'tool_use': {
        const { position } = opened('tool', toolCalls++);
        const id = stringAt(wire, 'id') || `toolu_${position}`;
        return [{ type: 'tool-call-start', choice: CHOICE, index: position, id, name: stringAt(wire, 'name') ?? '' }];
      }
      default:
        // Blocks of tools that the host runs itself, compaction, fallback, and whatever comes next: nothing a chat reply says.
        opened('other', 0);
        return [];
    }
  };

  const closeBlock = (index: number): ChatEvent[] => {
    const block = open.get(index);
    open.delete(index);
    if (block?.kind === 'tool' && !block.started) {
      const args = JSON.stringify(block.input ?? {});
      return [{ type: 'tool-call-delta', choice: CHOICE, index: block.position, arguments: args }];
    }
    if (block?.kind !== 'text') return [];
    const annotations = block.citations.flatMap((citation) => toAnnotation(citation, block.textStart, textLength));
    return annotations.length > 0 ? [{ type: 'annotation-delta', choice: CHOICE, annotations }] : [];
  };

  return {
    get hasBlocks() {
      return hasBlocks;
    },
    start(message, partialUsage) {
      const id = stringAt(message, 'id');
      const model = stringAt(message, 'model');
      const wireUsage = objectAt(message, 'usage');
      const tier = tierOf(message, wireUsage);
      const events: ChatEvent[] = [
        {
          type: 'response-start',
          ...(id && { upstreamId: id }),
          ...(model && { upstreamModel: model }),
          ...(tier && { serviceTier: tier }),
        },
      ];
      if (wireUsage) {
        usage = mergeUsage(usage, wireUsage);
        const told = toUsage(usage, context.host.usage, partialUsage);
        if (told) events.push({ type: 'usage', usage: told });
      }
      return events;
    },
    openBlock,
    delta(index, delta) {
      let block = open.get(index);
      const before: ChatEvent[] = [];
      if (!block) {
        // Some hosts forget to open a text or thinking block; arguments without a tool's name cannot be rescued.
        if (delta['type'] === 'text_delta') before.push(...openBlock(index, { type: 'text' }));
        else if (delta['type'] === 'thinking_delta') before.push(...openBlock(index, { type: 'thinking' }));
        else return delta['type'] === 'input_json_delta' ? undefined : [];
        block = open.get(index);
      }
      if (!block) return before;
      switch (delta['type']) {
        case 'text_delta':
          return block.kind === 'text' ? [...before, ...text(stringAt(delta, 'text') ?? '')] : before;
        case 'thinking_delta':
          return block.kind === 'thinking'
            ? [...before, ...thinking(block, stringAt(delta, 'thinking') ?? '')]
            : before;
        case 'signature_delta':
          return block.kind === 'thinking' ? signature(block, stringAt(delta, 'signature') ?? '') : [];
        case 'input_json_delta': {
          const args = stringAt(delta, 'partial_json') ?? '';
          if (block.kind !== 'tool' || !args) return [];
          block.started = true;
          return [{ type: 'tool-call-delta', choice: CHOICE, index: block.position, arguments: args }];
        }
        case 'citations_delta':
          if (delta['citation'] !== undefined) block.citations.push(delta['citation']);
          return [];
        default:
          return before;
      }
    },
    say: (index, fragment) => (open.get(index)?.kind === 'text' ? text(fragment) : undefined),
    closeBlock,
    stopping(delta, wireUsage) {
      stopReason = stringAt(delta, 'stop_reason') ?? stopReason;
      const details = objectAt(delta, 'stop_details');
      const explanation = details && stringAt(details, 'explanation');
      const events: ChatEvent[] = [];
      if (stopReason === 'refusal' && explanation) {
        events.push({ type: 'refusal-delta', choice: CHOICE, text: explanation });
      }
      if (wireUsage) {
        usage = mergeUsage(usage, wireUsage);
        const told = toUsage(usage, context.host.usage);
        if (told) events.push({ type: 'usage', usage: told });
      }
      return events;
    },
    finish() {
      const closing = [...open.keys()].flatMap(closeBlock);
      const finishReason = toFinishReason(stopReason, toolCalls > 0);
      return [
        ...closing,
        { type: 'choice-end', choice: CHOICE, finishReason, nativeFinishReason: stopReason ?? finishReason },
      ];
    },
  };
}

/**
 * Fast mode is a speed in this grammar; its price makes it what OpenRouter calls `priority`. The grammar's own tier `priority`
 * is capacity that was committed to (https://platform.claude.com/docs/en/api/service-tiers), at no price of its own here.
 */
function tierOf(message: JsonObject, usage: JsonObject | undefined): string | undefined {
  if (usage && stringAt(usage, 'speed') === 'fast') return 'priority';
  const word = (usage && stringAt(usage, 'service_tier')) ?? stringAt(message, 'service_tier');
  if (word === undefined) return undefined;
  return word === 'priority' ? 'default' : tierServed(word);
}

/** See docs/sources.md. Compatible hosts that end a tool call with `end_turn` are read by what they sent. */
function toFinishReason(stopReason: string | null, hasToolCalls: boolean): FinishReason {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'refusal':
      return 'content_filter';
    case 'stop_sequence':
    case 'pause_turn':
      return 'stop';
    default:
      return hasToolCalls ? 'tool_calls' : 'stop';
  }
}

/** A web citation covers its whole text block. Citations into the caller's own documents have no form in a chat reply. */
function toAnnotation(citation: Json, start: number, end: number): Json[] {
  if (!isJsonObject(citation) || citation['type'] !== 'web_search_result_location') return [];
  const content = stringAt(citation, 'cited_text');
  return [
    {
      type: 'url_citation',
      url_citation: {
        url: stringAt(citation, 'url') ?? '',
        title: stringAt(citation, 'title') ?? '',
        ...(content !== undefined && { content }),
        start_index: start,
        end_index: end,
      },
    },
  ];
}
