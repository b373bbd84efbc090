/** Events of a response stream as frames: each has its name twice and the next number (OpenAI's API, responses-streaming). */
import type { JsonObject } from '../../../core/json.ts';

export class EventLog {
  #sequence = 0;
  #text = '';

  emit(type: string, members: JsonObject): void {
    const frame = JSON.stringify({ type, sequence_number: this.#sequence++, ...members });
    this.#text += `event: ${type}\ndata: ${frame}\n\n`;
  }

  /** A frame whose beginning is the same for every piece of a text (`pieceOpening`). */
  piece(opening: string, delta: string, more: string): void {
    this.#text += `${opening}${JSON.stringify(delta)}${more},"sequence_number":${this.#sequence++}}\n\n`;
  }

  /** The frames since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** Written once for each text: what all its pieces share, up to the delta. */
export function pieceOpening(type: string, members: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members }).slice(0, -1)},"delta":`;
}
