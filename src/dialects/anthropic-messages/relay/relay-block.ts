/** One block of a relayed stream: its events as they came where nothing of them is to be changed. */
import { type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';
import { frameOf } from '../client/stream-encoder.ts';
import { sealThinking, withSeal } from './foreign-thinking.ts';

/** Deltas and the blocks that they belong to; into another block they say nothing. */
const PLACES: Readonly<Record<string, string>> = {
  text_delta: 'text',
  citations_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'thinking',
};

const IN_CHAT: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);

export class RelayBlock {
  readonly #upstreamIndex: number;
  readonly #index: number;
  readonly #format: string | undefined;
  readonly #hidesThinking: boolean;
  #kind = '';
  /** What is sealed at the end, where it is. */
  #thinking = '';
  #signature = '';

  /** @param format to seal thinking with; undefined where it passes as it is */
  constructor(raw: JsonObject, index: number, format: string | undefined, hidesThinking: boolean) {
    this.#upstreamIndex = numberAt(raw, 'index') ?? 0;
    this.#index = index;
    this.#format = format;
    this.#hidesThinking = hidesThinking;
  }

  isOf(raw: JsonObject): boolean {
    return (numberAt(raw, 'index') ?? 0) === this.#upstreamIndex;
  }

  /** Whether its text passes as it comes in events like this one. */
  canSkim(raw: JsonObject): boolean {
    if (raw['index'] !== this.#index) return false;
    return this.#kind === 'text' || (this.#kind === 'thinking' && !this.#hidesThinking && !this.#isSealed);
  }

  /** Of a kind that a chat answer has no word for. */
  get isBeyondChat(): boolean {
    return !IN_CHAT.has(this.#kind);
  }

  opening(block: JsonObject, raw: JsonObject, data: string | undefined): string {
    this.#kind = stringAt(block, 'type') ?? '';
    let shown = block;
    if (this.#kind === 'thinking') {
      if (this.#isSealed) {
        this.#thinking = stringAt(block, 'thinking') ?? '';
        this.#signature = stringAt(block, 'signature') ?? '';
        shown = { ...shown, signature: '' };
      }
      if (this.#hidesThinking) shown = { ...shown, thinking: '' };
    } else shown = withSeal(shown, this.#format);
    if (data !== undefined && shown === raw['content_block']) return this.#asItCame('content_block_start', raw, data);
    return frameOf({ ...raw, type: 'content_block_start', index: this.#index, content_block: shown });
  }

  delta(raw: JsonObject, data: string): string {
    const delta = objectAt(raw, 'delta') ?? {};
    const type = stringAt(delta, 'type');
    // What says nothing that anybody could read; clients go by the type.
    if (type === undefined) return '';
    const place = Object.hasOwn(PLACES, type) ? PLACES[type] : undefined;
    if (place !== undefined && place !== this.#kind) return '';
    if (this.#kind === 'thinking') {
      if (this.#isSealed) {
        this.#thinking += stringAt(delta, 'thinking') ?? '';
        this.#signature = stringAt(delta, 'signature') ?? this.#signature;
        if (type === 'signature_delta') return '';
      }
      if (this.#hidesThinking && type === 'thinking_delta') return '';
    }
    return this.#asItCame('content_block_delta', raw, data);
  }

  closing(): string {
    const stop = frameOf({ type: 'content_block_stop', index: this.#index });
    if (this.#kind !== 'thinking' || this.#format === undefined) return stop;
    const signature = sealThinking(this.#thinking, this.#signature, this.#format);
    const delta = { type: 'signature_delta', signature };
    return frameOf({ type: 'content_block_delta', index: this.#index, delta }) + stop;
  }

  get #isSealed(): boolean {
    return this.#format !== undefined;
  }

  #asItCame(type: string, raw: JsonObject, data: string): string {
    if (raw['index'] !== this.#index || data.includes('\n') || raw['type'] !== type) {
      return frameOf({ ...raw, type, index: this.#index });
    }
    return `event: ${type}\ndata: ${data}\n\n`;
  }
}
