/** A call of a function or of a custom tool. */
import type { JsonObject } from '../../../core/json.ts';
import { pieceOpening } from './event-log.ts';
import { type ItemPlace, type ItemStatus, named, type OutputItem } from './output-item.ts';
import type { ToolName } from './tool-names.ts';

export class CallItem implements OutputItem {
  readonly #place: ItemPlace;
  readonly #callId: string;
  readonly #tool: ToolName;
  readonly #isCustom: boolean;
  readonly #opening: string;
  #written = '';

  constructor(place: ItemPlace, callId: string, tool: ToolName, isCustom: boolean) {
    this.#place = place;
    this.#callId = callId;
    this.#tool = tool;
    this.#isCustom = isCustom;
    this.#opening = pieceOpening(`${this.#event}.delta`, named(place));
  }

  write(text: string): void {
    this.#written += text;
    this.#place.log?.piece(this.#opening, text, '');
  }

  /** True where nothing can follow: the arguments are a JSON object from its first brace to its last. */
  get isWhole(): boolean {
    if (this.#isCustom || !this.#written.trimEnd().endsWith('}')) return false;
    try {
      JSON.parse(this.#written);
      return true;
    } catch {
      return false;
    }
  }

  json(status: ItemStatus): JsonObject {
    const { name, namespace } = this.#tool;
    const written = status === 'in_progress' ? '' : this.#written;
    return {
      id: this.#place.id,
      type: this.#isCustom ? 'custom_tool_call' : 'function_call',
      status,
      call_id: this.#callId,
      name,
      ...(namespace !== undefined && { namespace }),
      ...(this.#isCustom ? { input: written } : { arguments: written }),
    };
  }

  end(): void {
    const whole = this.#isCustom ? { input: this.#written } : { arguments: this.#written };
    this.#place.log?.emit(`${this.#event}.done`, { ...named(this.#place), name: this.#tool.name, ...whole });
  }

  get #event(): string {
    return this.#isCustom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  }
}
