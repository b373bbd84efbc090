/**
 * Fields that ask something of the gateway itself and that nobody honours for this request: each is a note, none is dropped
 * silently. A host that is a gateway too honours those it names in `quirks.gatewayFields`.
 */
import type { Json } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import type { HostProfile } from '../host.ts';
import type { WireChatRequest } from './wire-types.ts';

/** Field → what is wanted of it that does not happen, or undefined where this value wants nothing. */
const UNHONOURED: Readonly<Record<string, (value: Json) => string | undefined>> = {
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
