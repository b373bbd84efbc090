/** A generated image, which comes whole. */
import type { JsonObject } from '../../../core/json.ts';
import { type ItemPlace, type ItemStatus, named, type OutputItem } from './output-item.ts';

const DATA_URL = /^data:image\/([a-z0-9.+-]+);base64,/i;

export class ImageItem implements OutputItem {
  readonly #place: ItemPlace;
  readonly #url: string;

  /** @param url a data URL, or where the host keeps it */
  constructor(place: ItemPlace, url: string) {
    this.#place = place;
    this.#url = url;
  }

  /** The image itself is bare base64 here; an address stays one. */
  json(status: ItemStatus): JsonObject {
    const about = { id: this.#place.id, type: 'image_generation_call', status };
    if (status === 'in_progress') return { ...about, result: null };
    const head = DATA_URL.exec(this.#url);
    if (!head) return { ...about, result: this.#url };
    return { ...about, result: this.#url.slice(head[0].length), output_format: head[1] ?? 'png' };
  }

  end(): void {
    for (const stage of ['in_progress', 'generating', 'completed']) {
      this.#place.log?.emit(`response.image_generation_call.${stage}`, named(this.#place));
    }
  }
}
