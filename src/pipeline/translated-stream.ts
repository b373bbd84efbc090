/** A stream between two grammars. */
import type { ChatEvent, EndReason } from '../core/chat-events.ts';
import type { GatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type {
  Outcome,
  RelayStream,
  SettledUsage,
  StreamDecoder,
  StreamEncoder,
  StreamMeter,
} from '../dialects/dialect.ts';
import { openCustomCalls } from '../dialects/shared/custom-tools.ts';
import { meterEvent, newMeter } from '../dialects/shared/upstream/stream-meter.ts';
import type { StreamEdit } from '../plugins/plugin.ts';
import type { ToolLoop } from './tool-loop.ts';

type EventEdit = (event: ChatEvent) => readonly ChatEvent[];

/** What is done to each event on its way to the client, in this order. */
export function editsOf(customTools: ReadonlySet<string>, edit: StreamEdit | undefined): readonly EventEdit[] {
  const edits: EventEdit[] = [];
  if (customTools.size > 0) edits.push(openCustomCalls(customTools));
  if (edit) edits.push((event) => edit.push(event));
  return edits;
}

/** The translate lane's stream: upstream frames → events → what is done to them → client frames. */
export class TranslatedStream implements RelayStream {
  readonly meter: StreamMeter = newMeter();
  failure: GatewayError | undefined;
  #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  readonly #edits: readonly EventEdit[];
  readonly #loop: ToolLoop | null;

  constructor(decoder: StreamDecoder, encoder: StreamEncoder, edits: readonly EventEdit[], loop: ToolLoop | null) {
    this.#edits = edits;
    this.#loop = loop;
    this.#decoder = decoder;
    this.#encoder = encoder;
  }

  get isTerminated(): boolean {
    return this.#decoder.isTerminated ?? false;
  }

  push(data: string, event?: string): string {
    return this.encode(this.#decoder.push({ data, event }));
  }

  /** Goes on with the answer to another request. */
  resume(decoder: StreamDecoder): void {
    this.#decoder = decoder;
  }

  encode(received: readonly ChatEvent[]): string {
    const loop = this.#loop;
    return this.show(loop ? received.flatMap(loop.edit) : received);
  }

  /** Client text of events that the tool loop lets through. */
  show(passed: readonly ChatEvent[]): string {
    let events = passed;
    for (const edit of this.#edits) events = events.flatMap(edit);
    let text = '';
    for (const event of events) {
      meterEvent(this.meter, event);
      if (event.type === 'error') this.failure ??= event.error;
      else if (event.type !== 'usage') text += this.#encoder.push(event);
    }
    return text;
  }

  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome } {
    const { events, outcome } = this.#decoder.end(reason);
    const text = this.encode(events);
    return { text, outcome: this.failure ?? outcome };
  }

  final(settled: SettledUsage): string {
    return this.#encoder.final(settled);
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    return this.#encoder.fail(error, routerMetadata);
  }
}
