/**
 * Fields that ask something of the gateway itself and that nobody honours for this request: each is a note, none is dropped
 * silently. A host that is a gateway too honours those it names in `quirks.gatewayFields`.
 */
import { isJsonArray, isJsonObject, type Json } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import type { HostProfile } from '../host.ts';
import type { WireChatRequest } from './wire-types.ts';

/** Field → what is wanted of it that does not happen, or undefined where this value wants nothing. */
const UNHONOURED: Readonly<Record<string, (value: Json) => string | undefined>> = {
  plugins: (value) => {
    const ids = isJsonArray(value) ? value.filter(isEnabled).map(({ id }) => String(id)) : [];
    return ids.length > 0 ? `no plugin runs here: ${ids.join(', ')}` : undefined;
  },
  transforms: (value) => (isJsonArray(value) && value.length > 0 ? 'prompts are not compressed here' : undefined),
  route: (value) => (value === 'sort' ? 'endpoints are sorted within each model' : undefined),
  debug: () => 'the upstream body is not echoed',
  trace: () => 'there is no destination for traces',
  max_tool_calls: () => 'no tool runs in the gateway',
  stop_server_tools_when: () => 'no tool runs in the gateway',
};

export function unhonouredFields(wire: WireChatRequest, host: HostProfile): readonly Note[] {
  const notes: Note[] = [];
  for (const field in UNHONOURED) {
    const value = wire[field];
    if (value === undefined || value === null || host.quirks.gatewayFields?.includes(field)) continue;
    const message = UNHONOURED[field]?.(value);
    if (message) notes.push({ code: 'parameter.dropped', field, message });
  }
  return notes;
}

function isEnabled(plugin: Json): plugin is { readonly id: Json } {
  return isJsonObject(plugin) && plugin['enabled'] !== false && plugin['id'] !== undefined;
}
