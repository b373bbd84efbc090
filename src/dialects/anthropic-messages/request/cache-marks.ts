/**
 * Cache breakpoints: at most four, the top-level one included, and none of one hour after one of five minutes (docs/sources.md).
 */
import { type CacheMark, chooseMarks, MAX_CACHE_MARKS } from '../../shared/claude/cache-marks.ts';
import type { NoteSink } from '../../shared/notebook.ts';
import type { MessagesBody, WireBlock, WireCacheControl } from '../wire-types.ts';

type Marked = { readonly cache_control?: WireCacheControl | undefined };

/** @param allowed false where the host does not know cache marks: all go */
export function limitCacheMarks(body: MessagesBody, allowed: boolean, notes: NoteSink): MessagesBody {
  const marks = listMarks(body);
  const total = marks.length + (body.cache_control ? 1 : 0);
  if (total === 0) return body;
  if (!allowed) {
    notes.add('parameter.dropped', 'cache_control', 'The host takes no cache marks.');
    const { cache_control: _, ...rest } = body;
    return replaceMarks(
      rest,
      marks.map(() => undefined),
    );
  }
  if (total <= MAX_CACHE_MARKS && marks.every(({ ttl }) => ttl !== '1h')) return body;
  const chosen = chooseMarks(marks, total - marks.length, notes);
  return replaceMarks(
    body,
    chosen.map((mark) => mark && { type: 'ephemeral', ...mark }),
  );
}

/** Marks in the order in which the host caches. */
function listMarks(body: MessagesBody): CacheMark[] {
  const marks: CacheMark[] = [];
  const note = (place: CacheMark['place']) => (item: Marked) => {
    if (item.cache_control) marks.push({ place, ttl: item.cache_control.ttl });
  };
  body.tools?.forEach(note('tools'));
  body.system?.forEach(note('system'));
  for (const message of body.messages) for (const block of message.content) visit(block, note('messages'));
  return marks;
}

function visit(block: WireBlock, see: (item: Marked) => void): void {
  if (block.type === 'thinking' || block.type === 'redacted_thinking' || block.type === 'tool_use') return;
  if (block.type === 'tool_result' && typeof block.content === 'object') block.content.forEach(see);
  see(block);
}

function replaceMarks(body: MessagesBody, controls: readonly (WireCacheControl | undefined)[]): MessagesBody {
  let next = 0;
  const swap = <T extends Marked>(item: T): T =>
    item.cache_control ? { ...item, cache_control: controls[next++] } : item;
  const swapBlock = (block: WireBlock): WireBlock => {
    if (block.type === 'thinking' || block.type === 'redacted_thinking' || block.type === 'tool_use') return block;
    if (block.type === 'tool_result' && typeof block.content === 'object') {
      return swap({ ...block, content: block.content.map(swap) });
    }
    return swap(block);
  };
  return {
    ...body,
    ...(body.tools && { tools: body.tools.map(swap) }),
    ...(body.system && { system: body.system.map(swap) }),
    messages: body.messages.map((message) => ({ ...message, content: message.content.map(swapBlock) })),
  };
}
