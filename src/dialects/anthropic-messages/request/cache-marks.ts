/**
 * Cache breakpoints: at most four, the top-level one included, and none of one hour after one of five minutes (docs/sources.md).
 */
import type { MessagesBody, WireBlock, WireCacheControl } from '../wire-types.ts';
import type { NoteSink } from './notes.ts';

const MAX_MARKS = 4;

type Marked = { readonly cache_control?: WireCacheControl | undefined };
interface Mark {
  readonly place: 'tools' | 'system' | 'messages';
  readonly control: WireCacheControl;
}

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
  const ordered = total > MAX_MARKS || marks.some((mark) => mark.control.ttl === '1h');
  if (!ordered) return body;
  const kept = keepLatest(marks, total - MAX_MARKS);
  if (total > MAX_MARKS) {
    notes.add('parameter.dropped', 'cache_control', `Of ${total} cache marks the four that save most were sent.`);
  }
  return replaceMarks(body, longBeforeShort(kept, notes));
}

/** Marks in the order in which the host caches. */
function listMarks(body: MessagesBody): Mark[] {
  const marks: Mark[] = [];
  const note = (place: Mark['place']) => (item: Marked) => {
    if (item.cache_control) marks.push({ place, control: item.cache_control });
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

/** Drops from the oldest messages on: later marks cover them, and tools and system are what every call shares. */
function keepLatest(marks: readonly Mark[], excess: number): (WireCacheControl | undefined)[] {
  const kept: (WireCacheControl | undefined)[] = marks.map((mark) => mark.control);
  let left = excess;
  for (const place of ['messages', 'system', 'tools'] as const) {
    for (const [index, mark] of marks.entries()) {
      if (left <= 0 || mark.place !== place) continue;
      kept[index] = undefined;
      left--;
    }
  }
  return kept;
}

function longBeforeShort(
  controls: readonly (WireCacheControl | undefined)[],
  notes: NoteSink,
): (WireCacheControl | undefined)[] {
  let short = false;
  let changed = false;
  const ordered = controls.map((control): WireCacheControl | undefined => {
    if (control && control.ttl !== '1h') short = true;
    if (control?.ttl !== '1h' || !short) return control;
    changed = true;
    return { type: 'ephemeral', ttl: '5m' };
  });
  if (changed) {
    notes.add('parameter.changed', 'cache_control', 'An hour-long mark may not follow a shorter one; sent as 5m.');
  }
  return ordered;
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
