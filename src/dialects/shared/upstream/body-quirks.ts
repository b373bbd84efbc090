/** A host's own list of fields that it refuses, names differently or wants set, applied to a whole body. */
import { emptyJsonObject, type JsonObject } from '../../../core/json.ts';
import type { HostProfile } from '../../host.ts';
import type { Notebook } from '../notebook.ts';

export function withQuirks(body: JsonObject, { quirks, providerName }: HostProfile, notes: Notebook): JsonObject {
  const { rejects, renames, defaults } = quirks;
  if (!rejects && !renames && !defaults) return body;
  const sent = emptyJsonObject();
  Object.assign(sent, defaults);
  for (const field of Object.keys(body)) {
    if (rejects?.includes(field)) notes.add('parameter.dropped', field, `${providerName} does not take ${field}.`);
    else sent[renames?.[field] ?? field] = body[field];
  }
  return sent;
}
