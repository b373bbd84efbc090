/**
 * Encrypted content between clients and hosts of this grammar. What the grammar's owner encrypted passes as it is. What another
 * host did is sealed on its way to the client, so that the next turn tells whose it is: clients keep `encrypted_content` and
 * little else of an item.
 */
import { isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import type { HostProfile } from '../../host.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { OWNER_FORMAT, reasoningFormatOf } from './reasoning-format.ts';
import { detailsOf } from './reasoning-items.ts';

/** An output item as the client gets it. */
export function sealedItem(item: Json, host: HostProfile): Json {
  if (!isJsonObject(item) || !stringAt(item, 'encrypted_content')) return item;
  const format = formatOfItem(item, host);
  if (format === OWNER_FORMAT) return item;
  return { ...item, encrypted_content: sealReasoning(detailsOf(item, format)) };
}

/** A host that is a gateway says whose an item is. */
function formatOfItem(item: JsonObject, host: HostProfile): string {
  return stringAt(item, 'format') ?? reasoningFormatOf(host);
}
