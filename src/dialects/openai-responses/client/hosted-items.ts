/**
 * Calls of tools that only this grammar names (a shell, a patch, a computer) and that the caller carries out: as calls of
 * functions another model still understands what was done. What the vendor itself ran has no such form.
 */
import type { ToolCall } from '../../../core/chat.ts';
import { isJsonObject, type JsonObject, stringAt } from '../../../core/json.ts';

export type HostedItem =
  | { readonly type: 'call'; readonly call: ToolCall }
  | { readonly type: 'result'; readonly id: string; readonly text: string; readonly imageUrl?: string }
  | { readonly type: 'unknown'; readonly name: string };

const CALL = /^([a-z_]{1,48})_call$/;
const RESULT = /_output$/;

/** Members that say which item it is and not what was asked or answered. */
const ABOUT: ReadonlySet<string> = new Set(['type', 'id', 'call_id', 'status', 'caller']);

/** @param isCall whether a call of this id came before */
export function decodeHostedItem(item: JsonObject, isCall: (id: string) => boolean): HostedItem {
  const type = stringAt(item, 'type') ?? '';
  // A local shell's result names its call by `id`.
  const id = stringAt(item, 'call_id') ?? stringAt(item, 'id');
  const name = CALL.exec(type)?.[1];
  if (name && stringAt(item, 'call_id') !== undefined && id) {
    return { type: 'call', call: { id, name, arguments: JSON.stringify(saidBy(item)) } };
  }
  if (RESULT.test(type) && id && isCall(id)) {
    const { output } = item;
    // A computer's screenshot.
    const imageUrl = isJsonObject(output) ? stringAt(output, 'image_url') : undefined;
    if (imageUrl !== undefined) return { type: 'result', id, text: '', imageUrl };
    return { type: 'result', id, text: typeof output === 'string' ? output : JSON.stringify(output ?? saidBy(item)) };
  }
  return { type: 'unknown', name: type.slice(0, 64) };
}

function saidBy(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([member]) => !ABOUT.has(member)));
}
