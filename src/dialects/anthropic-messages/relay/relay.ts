/**
 * The relay lane: client and upstream speak this grammar. Events pass as they came; the message's frame is patched, blocks are
 * kept in order, and what carries final usage is held back until it is settled. What an event means is read by the decoder's
 * own reader, so the lanes cannot disagree.
 */
import type { FinishReason } from '../../../core/chat.ts';
import type { ChatEvent, EndReason } from '../../../core/chat-events.ts';
import { GatewayError } from '../../../core/errors.ts';
import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { Outcome, RelayContext, RelayStream, SettledUsage, StreamMeter } from '../../dialect.ts';
import { meterEvent, newMeter } from '../../shared/upstream/stream-meter.ts';
import { encodeErrorEvent } from '../client/errors.ts';
import { frameOf, openingOf, PING, stopFrame } from '../client/stream-encoder.ts';
import { openingUsage } from '../client/usage.ts';
import { type EventReader, isNoEvent, NO_JSON, NO_OBJECT, openEventReader } from '../stream-decoder.ts';
import { mergeUsage } from '../usage.ts';
import { withBlockDefaults } from './block-defaults.ts';
import { finalUsage, stopMembers } from './final-members.ts';
import { foreignFormat } from './foreign-thinking.ts';
import { RelayBlock } from './relay-block.ts';
import { type EventForm, learnForm, type TextField } from './skim.ts';

export function openRelay(context: RelayContext): RelayStream {
  return new MessagesRelay(context);
}

class MessagesRelay implements RelayStream {
  readonly meter: StreamMeter = newMeter();
  failure: GatewayError | undefined;

  readonly #context: RelayContext;
  readonly #reader: EventReader;
  readonly #format: string | undefined;
  #hasBegun = false;
  #block: RelayBlock | undefined;
  /** Of the next block to open. */
  #index = 0;
  #forms: EventForm[] = [];
  /** The message's end as far as it was told. */
  #delta: JsonObject | undefined;
  #usage: JsonObject | undefined;
  #stop: JsonObject | undefined;
  /** Events that nobody knows, after the message's end began. */
  #tail = '';
  #finishReason: FinishReason | null = null;

  constructor(context: RelayContext) {
    this.#context = context;
    this.#reader = openEventReader(context);
    this.#format = foreignFormat(context);
  }

  get isTerminated(): boolean {
    return this.#reader.isTerminated;
  }

  push(data: string, event?: string): string {
    if (this.#reader.isOver || this.failure || isNoEvent(data)) return '';
    for (const form of this.#forms) {
      const characters = form.measure(data);
      if (characters === 0) continue;
      this.meter.deliveredCharacters += characters;
      return `event: content_block_delta\ndata: ${data}\n\n`;
    }
    const raw = tryParseJson(data);
    if (!isJsonObject(raw)) {
      this.#take(this.#reader.refuse(raw === undefined ? NO_JSON : NO_OBJECT));
      return '';
    }
    const type = stringAt(raw, 'type') ?? event;
    this.#take(this.#reader.read(raw, type));
    return this.failure ? '' : this.#forward(raw, type, data);
  }

  skim(text: string, at: number, out: string[]): number {
    let next = at;
    for (const form of this.#forms) {
      const found = form.run(text, next);
      next = found.next;
      this.meter.deliveredCharacters += found.characters;
    }
    if (next > at) out.push(text.slice(at, next));
    return next;
  }

  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome } {
    const { events, outcome } = this.#reader.end(reason);
    this.#take(events);
    const said = this.failure ?? outcome;
    return { text: said === 'complete' ? this.#closeBlock() : '', outcome: said };
  }

  final(settled: SettledUsage): string {
    const opening = this.#begin({});
    const delta = objectAt(this.#delta ?? {}, 'delta') ?? {};
    const ended = { finishReason: this.#finishReason, nativeFinishReason: this.meter.nativeFinishReason };
    const last = frameOf({
      ...this.#delta,
      type: 'message_delta',
      delta: { ...delta, ...stopMembers(delta, ended) },
      usage: finalUsage(settled, this.#usage ?? {}, this.meter.serviceTier),
    });
    return opening + last + this.#tail + stopFrame(settled, this.#stop);
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    return encodeErrorEvent(error, this.#context.head.id, routerMetadata);
  }

  #take(events: readonly ChatEvent[]): void {
    for (const event of events) {
      if (event.type === 'error') this.failure ??= event.error;
      if (event.type === 'choice-end') this.#finishReason = event.finishReason;
      meterEvent(this.meter, event);
    }
  }

  #forward(raw: JsonObject, type: string | undefined, data: string): string {
    switch (type) {
      case 'message_start':
        return this.#begin(objectAt(raw, 'message') ?? {});
      case 'content_block_start':
        return this.#openBlock(raw, data);
      case 'content_block_delta':
        return this.#forwardDelta(raw, data);
      case 'content_block_stop':
        return this.#block?.isOf(raw) ? this.#closeBlock() : '';
      case 'message_delta':
        this.#holdEnd(raw);
        return '';
      case 'message_stop':
        this.#stop = raw;
        return this.#closeBlock();
      case 'ping':
        return PING;
      case undefined:
      case 'error':
        return '';
      default:
        return this.#forwardUnknown(type, raw);
    }
  }

  /** What is newer than this file goes on by value, under the name that it has. */
  #forwardUnknown(type: string, raw: JsonObject): string {
    const frame = frameOf({ ...raw, type: type.replace(/[\r\n]/g, ' ') });
    if (!this.#delta) return this.#hasBegun ? frame : '';
    this.#tail += frame;
    return '';
  }

  // ---- the message's frame ----

  /** The opening, once; a message that was given whole in it is written block by block. */
  #begin(message: JsonObject): string {
    if (this.#hasBegun) return '';
    this.#hasBegun = true;
    const { content: _, usage, stop_reason: stopped, ...said } = message;
    if (isJsonObject(usage)) this.#usage = mergeUsage(this.#usage, usage);
    const opening = openingOf(this.#context.head, { ...openingUsage(undefined), ...(isJsonObject(usage) && usage) });
    const { id, model, role, type, provider } = opening;
    let text = frameOf({ type: 'message_start', message: { ...opening, ...said, id, model, role, type, provider } });
    for (const [index, block] of (arrayAt(message, 'content') ?? []).entries()) {
      if (!isJsonObject(block)) continue;
      text += this.#openBlock({ type: 'content_block_start', index, content_block: block }) + this.#closeBlock();
    }
    if (typeof stopped === 'string') this.#holdEnd({ delta: { ...said, stop_reason: stopped } });
    return text;
  }

  #holdEnd(raw: JsonObject): void {
    const usage = objectAt(raw, 'usage');
    if (usage) this.#usage = mergeUsage(this.#usage, usage);
    const said = Object.entries(objectAt(raw, 'delta') ?? {}).filter(([, value]) => value !== null);
    const before = objectAt(this.#delta ?? {}, 'delta');
    this.#delta = { ...this.#delta, ...raw, delta: { ...before, ...Object.fromEntries(said) } };
  }

  // ---- blocks ----

  #openBlock(raw: JsonObject, data?: string): string {
    const before = this.#begin({}) + this.#closeBlock();
    const block = new RelayBlock(raw, this.#index++, this.#format, this.#context.head.excludeReasoning);
    this.#block = block;
    const text = block.opening(withBlockDefaults(objectAt(raw, 'content_block') ?? {}), raw, data);
    // Tools that the host runs itself are something that the caller sees, and that was worked for.
    if (block.isBeyondChat) this.meter.hasContent = true;
    return before + text;
  }

  #forwardDelta(raw: JsonObject, data: string): string {
    let text = '';
    if (!this.#block?.isOf(raw)) {
      const type = objectAt(raw, 'delta')?.['type'];
      if (type === 'input_json_delta') return this.#refuseInterleaved();
      // Some hosts forget to open a block.
      const kind = type === 'text_delta' ? 'text' : type === 'thinking_delta' ? 'thinking' : undefined;
      if (!kind) return '';
      text = this.#openBlock({ type: 'content_block_start', index: raw['index'], content_block: { type: kind } });
    }
    const piece = this.#block?.delta(raw, data) ?? '';
    if (this.#block?.canSkim(raw)) this.#learn(data, objectAt(raw, 'delta')?.['type']);
    return text + piece;
  }

  #learn(data: string, type: unknown): void {
    if (this.#forms.length > 0) return;
    const field: TextField | undefined =
      type === 'text_delta' ? 'text' : type === 'thinking_delta' ? 'thinking' : undefined;
    const form = field && learnForm(data, field);
    if (form) this.#forms = [form];
  }

  #closeBlock(): string {
    const text = this.#block?.closing() ?? '';
    this.#block = undefined;
    this.#forms = [];
    return text;
  }

  /** A client of this grammar has one block open: pieces of two calls at once cannot be told to it. */
  #refuseInterleaved(): string {
    const { providerName } = this.#context.host;
    const message = `${providerName} sent tool arguments for a call that is not open.`;
    this.failure = new GatewayError('provider.bad_answer', message, { providerName });
    return '';
  }
}
