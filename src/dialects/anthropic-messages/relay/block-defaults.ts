/** Blocks of hosts behind an older version, or beside it: the members that the newest one always has. */
import type { JsonObject } from '../../../core/json.ts';

const DEFAULTS: Readonly<Record<string, JsonObject>> = {
  text: { text: '', citations: null },
  thinking: { thinking: '', signature: '' },
  tool_use: { input: {}, caller: { type: 'direct' } },
};

/** The same block, with what is missing; the very one where nothing is. */
export function withBlockDefaults(block: JsonObject): JsonObject {
  const type = block['type'];
  const defaults = typeof type === 'string' && Object.hasOwn(DEFAULTS, type) ? DEFAULTS[type] : undefined;
  const missing = Object.entries(defaults ?? {}).filter(([key]) => !Object.hasOwn(block, key));
  return missing.length === 0 ? block : { ...block, ...Object.fromEntries(missing) };
}
