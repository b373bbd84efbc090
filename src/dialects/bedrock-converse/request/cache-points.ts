/** Cache marks → cache points: blocks of their own behind what they close (docs: prompt caching, link in model-facts.ts). */
import type { CacheControl } from '../../../core/chat.ts';
import { type CacheMark, chooseMarks } from '../../shared/claude/cache-marks.ts';
import type { Notebook } from '../../shared/notebook.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { ConverseBody, WireBlock, WireCachePoint } from '../wire-types.ts';

type Place = 'tools' | 'messages';

/** A list, to be spread behind the marked block; empty where nothing is marked or the model takes no mark there. */
export function toCachePoint(
  control: CacheControl | undefined,
  { cachePoints, hourLongCache }: ModelFacts,
  place: Place,
  field: string,
  notes: Notebook,
): WireCachePoint[] {
  if (!control) return [];
  if (cachePoints === 'none' || (place === 'tools' && cachePoints !== 'everywhere')) {
    notes.once(
      `no cache ${place}`,
      'parameter.dropped',
      `${field}.cache_control`,
      'The model takes no such cache mark.',
    );
    return [];
  }
  if (control.ttl !== '1h') return [{ cachePoint: { type: 'default' } }];
  if (hourLongCache) return [{ cachePoint: { type: 'default', ttl: '1h' } }];
  notes.once(
    'short cache',
    'parameter.changed',
    `${field}.cache_control.ttl`,
    'The model caches for five minutes only.',
  );
  return [{ cachePoint: { type: 'default' } }];
}

/** Automatic caching: the end of the last user message is marked, unless it is already. */
export function markLastMessage(
  body: ConverseBody,
  facts: ModelFacts,
  control: CacheControl,
  notes: Notebook,
): ConverseBody {
  const at = body.messages.findLastIndex(({ role }) => role === 'user');
  const last = body.messages[at];
  const tail = last?.content.at(-1);
  if (!last || !tail || 'cachePoint' in tail) return body;
  const point = toCachePoint(control, facts, 'messages', 'messages', notes);
  const marked = { ...last, content: [...last.content, ...point] };
  return { ...body, messages: body.messages.with(at, marked) };
}

/** At most four, and none of one hour after one of five minutes. */
export function limitCachePoints(body: ConverseBody, notes: Notebook): ConverseBody {
  const marks: CacheMark[] = [];
  const list = (place: CacheMark['place']) => (block: object) => {
    if (isCachePoint(block)) marks.push({ place, ttl: block.cachePoint.ttl });
  };
  body.toolConfig?.tools.forEach(list('tools'));
  body.system?.forEach(list('system'));
  for (const { content } of body.messages) content.forEach(list('messages'));
  if (marks.length === 0) return body;
  const chosen = chooseMarks(marks, 0, notes);
  let next = 0;
  const swap = <Block extends object>(block: Block | WireCachePoint): (Block | WireCachePoint)[] => {
    if (!isCachePoint(block)) return [block];
    const mark = chosen[next++];
    return mark ? [{ cachePoint: { type: 'default', ...(mark.ttl === '1h' && { ttl: mark.ttl }) } }] : [];
  };
  return {
    ...body,
    ...(body.toolConfig && { toolConfig: { ...body.toolConfig, tools: body.toolConfig.tools.flatMap(swap) } }),
    ...(body.system && { system: body.system.flatMap(swap) }),
    messages: body.messages.map((message) => ({ ...message, content: message.content.flatMap<WireBlock>(swap) })),
  };
}

function isCachePoint(block: object): block is WireCachePoint {
  return 'cachePoint' in block;
}
