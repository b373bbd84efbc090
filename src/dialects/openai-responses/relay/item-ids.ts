/**
 * One id for each item of a stream: the first it was told under. Some hosts name an item anew in every event (recorded from
 * GitHub's), and strict clients take each name for another item.
 */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';

export class ItemIds {
  /** By position in the output. */
  readonly #first = new Map<number, string>();

  /** The event itself where it names no item, or the item as before. */
  inEvent(type: string, event: JsonObject): JsonObject {
    const at = numberAt(event, 'output_index');
    const item = objectAt(event, 'item');
    const id = item ? stringAt(item, 'id') : stringAt(event, 'item_id');
    if (at === undefined || id === undefined) return event;
    const first = this.#first.get(at);
    if (first === undefined || type === 'response.output_item.added') {
      this.#first.set(at, id);
      return event;
    }
    if (first === id) return event;
    return item ? { ...event, item: { ...item, id: first } } : { ...event, item_id: first };
  }

  /** The finished response, whose items are in the order in which they were told. */
  inResponse(response: JsonObject): JsonObject {
    const output = arrayAt(response, 'output');
    const known = new Set(this.#first.values());
    const named = output?.map((item, at): Json => {
      const first = this.#first.get(at);
      if (!isJsonObject(item) || first === undefined || known.has(stringAt(item, 'id') ?? '')) return item;
      return { ...item, id: first };
    });
    return named?.some((item, at) => item !== output?.[at]) ? { ...response, output: named } : response;
  }
}
