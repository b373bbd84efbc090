/** Input items for the relay lane: the caller's own values, with what the host cannot read left out. */
import type { ReasoningDetail } from '../../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { unsealReasoning } from '../../shared/reasoning-seal.ts';
import { OWNER_FORMAT, takesFormat } from '../shared/reasoning-format.ts';
import { replayedItem } from '../upstream/reasoning-replay.ts';

export function retargetItems(items: readonly Json[], context: UpstreamContext, notes: Note[]): readonly Json[] {
  const kept: Json[] = [];
  // Whether this turn's reasoning went without its id: hosts then refuse the ids of what follows it
  // (https://github.com/NousResearch/hermes-agent/pull/102282).
  let isNameless = false;
  items.forEach((item, at) => {
    if (!isJsonObject(item)) return;
    const path = `input[${at}]`;
    if (item['encrypted_content'] === undefined && item['type'] !== 'reasoning') {
      if (!isOfTheModel(item)) isNameless = false;
      kept.push(retargetItem(isNameless ? withoutId(item) : item, path, context, notes));
      return;
    }
    const replayed = replay(item, path, context, notes);
    if (replayed?.['id'] !== item['id']) isNameless = true;
    if (replayed) kept.push(replayed);
  });
  return kept;
}

function isOfTheModel({ type, role }: JsonObject): boolean {
  if (type === 'message' || type === undefined || type === null) return role === 'assistant';
  return typeof type === 'string' && type.endsWith('_call');
}

function withoutId(item: JsonObject): JsonObject {
  const { id: _, ...kept } = item;
  return kept;
}

// ---- reasoning ----

/** The item as this host takes it back: itself, what was sealed in it, or undefined where it is another's. */
function replay(item: JsonObject, path: string, context: UpstreamContext, notes: Note[]): JsonObject | undefined {
  const { host } = context;
  const drop = (why: string): undefined => {
    notes.push({ code: 'reasoning.dropped', field: path, message: why });
  };
  const encrypted = stringAt(item, 'encrypted_content');
  const sealed = encrypted === undefined ? null : unsealReasoning(encrypted);
  if (sealed) return takeSealed(item, sealed, context) ?? drop(`another provider than ${host.providerName} made it`);
  if (!encrypted) return isReadable(item, context) ? plain(item, context) : drop('nothing of it can be read back');
  const format = stringAt(item, 'format') ?? OWNER_FORMAT;
  return takesFormat(format, host) ? plain(item, context) : drop(`another provider than ${host.providerName} made it`);
}

function takeSealed(
  item: JsonObject,
  details: readonly ReasoningDetail[],
  { host }: UpstreamContext,
): JsonObject | undefined {
  if (details.length === 0 || !details.every(({ format }) => takesFormat(format, host))) return undefined;
  const replayed = replayedItem(details, host.quirks.gatewayFields !== undefined);
  if (item['type'] === 'reasoning') return replayed;
  // What else a host encrypts (a compacted conversation) is an item of nothing but that.
  return replayed && { ...item, encrypted_content: replayed['encrypted_content'] };
}

/**
 * Hosts that are known to take the text of what they thought get it back; others look for the item by its id, or refuse one
 * that is not encrypted.
 */
function isReadable(item: JsonObject, { host }: UpstreamContext): boolean {
  const { gatewayFields, reasoningReplay = 'drop' } = host.quirks;
  if (gatewayFields) return true;
  const { content } = item;
  return reasoningReplay !== 'drop' && isJsonArray(content) && content.length > 0;
}

/** OpenRouter's additions are for another gateway only. */
function plain(item: JsonObject, { host }: UpstreamContext): JsonObject {
  if (host.quirks.gatewayFields || (item['format'] === undefined && item['signature'] === undefined)) return item;
  const { format: _, signature: __, ...kept } = item;
  return kept;
}

// ---- everything else ----

function retargetItem(item: JsonObject, path: string, context: UpstreamContext, notes: Note[]): JsonObject {
  const { developerRole } = context.host.quirks;
  let next = item['role'] === 'developer' && !developerRole ? { ...item, role: 'system' } : item;
  for (const member of ['content', 'output']) {
    const parts = next[member];
    if (!isJsonArray(parts)) continue;
    const kept = parts.map((part, i) => withoutMark(part, `${path}.${member}[${i}]`, context, notes));
    if (kept.some((part, i) => part !== parts[i])) next = { ...next, [member]: kept };
  }
  return next;
}

/** The part, or the tool, without the mark of what is to be cached where the host does not know it. */
export function withoutMark(value: Json, path: string, { host }: UpstreamContext, notes: Note[]): Json {
  if (!isJsonObject(value) || value['cache_control'] === undefined || host.quirks.cacheControl) return value;
  const { cache_control: _, ...kept } = value;
  notes.push({
    code: 'parameter.dropped',
    field: `${path}.cache_control`,
    message: `${host.providerName} caches prompts by itself`,
  });
  return kept;
}
