/** Which of a request's cache marks are sent: at most four, and none of one hour after one of five minutes (docs/sources.md). */
import type { NoteSink } from '../notebook.ts';

export const MAX_CACHE_MARKS = 4;

export interface CacheMark {
  readonly place: 'tools' | 'system' | 'messages';
  readonly ttl?: '5m' | '1h' | undefined;
}

/** A mark as it is sent: with a life of its own, or the usual one. */
export type SentMark = { readonly ttl?: '5m' | '1h' };

/**
 * @param marks in the order in which the host caches
 * @param elsewhere marks that count but are not in the list
 * @returns for each mark what is sent of it, or undefined
 */
export function chooseMarks(marks: readonly CacheMark[], elsewhere: number, notes: NoteSink): (SentMark | undefined)[] {
  const total = marks.length + elsewhere;
  if (total > MAX_CACHE_MARKS) {
    notes.add('parameter.dropped', 'cache_control', `Of ${total} cache marks the four that save most were sent.`);
  }
  return longBeforeShort(keepLatest(marks, total - MAX_CACHE_MARKS), notes);
}

/** Drops from the oldest messages on: later marks cover them, and tools and system are what every call shares. */
function keepLatest(marks: readonly CacheMark[], excess: number): (SentMark | undefined)[] {
  const kept: (SentMark | undefined)[] = marks.map(({ ttl }) => (ttl === undefined ? {} : { ttl }));
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

function longBeforeShort(marks: readonly (SentMark | undefined)[], notes: NoteSink): (SentMark | undefined)[] {
  let short = false;
  let changed = false;
  const ordered = marks.map((mark): SentMark | undefined => {
    if (mark && mark.ttl !== '1h') short = true;
    if (mark?.ttl !== '1h' || !short) return mark;
    changed = true;
    return { ttl: '5m' };
  });
  if (changed) {
    notes.add('parameter.changed', 'cache_control', 'An hour-long mark may not follow a shorter one; sent as 5m.');
  }
  return ordered;
}
