/**
 * Fields that ask something of the gateway itself and that nobody honours for this request: each is a note, none is dropped
 * silently. A host that is a gateway too honours those it names in `quirks.gatewayFields`.
 */
import { type Json, type JsonObject, objectAt } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import { PREFERENCE_BY_WIRE_NAME, PRICE_CAP_AXES } from '../../../core/preferences.ts';
import type { HostProfile } from '../../host.ts';
import { serverToolsOf } from './server-tools.ts';

/** `options` is for endpoints of media (OpenRouter's API). */
const PREFERENCE_FIELDS: ReadonlySet<string> = new Set([...Object.keys(PREFERENCE_BY_WIRE_NAME), 'options']);
const CAP_FIELDS: ReadonlySet<string> = new Set(PRICE_CAP_AXES);

/** Field → what is wanted of it that does not happen, or undefined where this value wants nothing. */
const UNHONOURED: Readonly<Record<string, (value: Json, wire: JsonObject) => string | undefined>> = {
  debug: () => 'the upstream body is not echoed',
  trace: () => 'there is no destination for traces',
  max_tool_calls: noServerTools,
  stop_server_tools_when: noServerTools,
};

function noServerTools(_: Json, wire: JsonObject): string | undefined {
  return serverToolsOf(wire) ? undefined : 'no tool of the request runs in the gateway';
}

export function unhonouredFields(wire: JsonObject, host: HostProfile): readonly Note[] {
  const notes: Note[] = [];
  for (const field in UNHONOURED) {
    const value = wire[field];
    if (value === undefined || value === null || host.quirks.gatewayFields?.includes(field)) continue;
    const message = UNHONOURED[field]?.(value, wire);
    if (message) notes.push({ code: 'parameter.dropped', field, message });
  }
  const provider = objectAt(wire, 'provider');
  if (provider && !host.quirks.gatewayFields?.includes('provider')) noteUnknown(provider, notes);
  return notes;
}

/** A wish that is misspelt would seem to be met: a cap that caps nothing costs money. */
function noteUnknown(provider: JsonObject, notes: Note[]): void {
  const unknown = (object: JsonObject, known: ReadonlySet<string>, path: string): readonly string[] =>
    Object.keys(object)
      .filter((key) => !known.has(key))
      .slice(0, MOST_UNKNOWN)
      .map((key) => `${path}.${key.slice(0, MOST_NAME_CHARACTERS)}`);
  const fields = [
    ...unknown(provider, PREFERENCE_FIELDS, 'provider'),
    ...unknown(objectAt(provider, 'max_price') ?? {}, CAP_FIELDS, 'provider.max_price'),
  ];
  for (const field of fields) {
    notes.push({ code: 'parameter.dropped', field, message: 'there is no such wish about providers' });
  }
}

/** Notes are kept with the generation and repeated in its metadata: the first few misspelt wishes, and no megabytes of them. */
const MOST_UNKNOWN = 8;
const MOST_NAME_CHARACTERS = 64;
