/** A search for tools that the caller is to make. It has no events of its own: it is told when it begins and when it is whole. */
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { ItemPlace, ItemStatus, OutputItem } from './output-item.ts';

export class SearchItem implements OutputItem {
  readonly #place: ItemPlace;
  readonly #callId: string;
  #written = '';

  constructor(place: ItemPlace, callId: string) {
    this.#place = place;
    this.#callId = callId;
  }

  write(text: string): void {
    this.#written += text;
  }

  get isWhole(): boolean {
    return isJsonObject(tryParseJson(this.#written));
  }

  json(status: ItemStatus): JsonObject {
    const asked = status === 'in_progress' ? undefined : tryParseJson(this.#written);
    return {
      id: this.#place.id,
      type: 'tool_search_call',
      status,
      execution: 'client',
      call_id: this.#callId,
      arguments: isJsonObject(asked) ? asked : {},
    };
  }

  end(): void {
    // Said by `output_item.done` alone.
  }
}
