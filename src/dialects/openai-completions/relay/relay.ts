/**
 * The relay lane's stream: frames as the host wrote them, under our id, model and provider. Usage and the terminator are held
 * back until the exchange is settled. What a frame means is read by the decoder, so the lanes cannot disagree.
 */
import { type ChatEvent, type EndReason, isContentEvent } from '../../../core/chat-events.ts';
import type { GatewayError } from '../../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, objectAt } from '../../../core/json.ts';
import { ToolCallLog } from '../../../core/tool-check.ts';
import type { Outcome, RelayContext, RelayStream, SettledUsage, StreamMeter } from '../../dialect.ts';
import { cutError } from '../../shared/cut-error.ts';
import { encodeUsage } from '../../shared/openrouter-usage.ts';
import { headMembers } from '../client/encode.ts';
import { errorFrame, finalFrames } from '../client/stream-encoder.ts';
import { promptCount } from '../prompt.ts';
import { finishOf, indexOf, nativeFinishOf, unknownMembers } from '../upstream/choice.ts';
import { StreamReader } from '../upstream/stream-reader.ts';
import type { WireCompletionRequest } from '../wire-types.ts';
import { FRAME_MEMBERS, relayedChoice } from './relay-response.ts';

type Context = RelayContext<WireCompletionRequest>;

export function openRelay(context: Context): RelayStream {
  return new Relay(context);
}

class Relay implements RelayStream {
  failure: GatewayError | undefined;
  readonly meter: StreamMeter = {
    hasContent: false,
    deliveredCharacters: 0,
    usage: undefined,
    finishReason: null,
    nativeFinishReason: null,
    upstreamId: undefined,
    serviceTier: undefined,
    toolCalls: new ToolCallLog(),
  };

  readonly #context: Context;
  readonly #reader: StreamReader;
  #rawUsage: JsonObject | undefined;
  /** Unknown members of frames that say nothing: they ride on the last one. */
  #carried: JsonObject = {};

  constructor(context: Context) {
    this.#context = context;
    this.#reader = new StreamReader(context);
  }

  get isTerminated(): boolean {
    return this.#reader.isTerminated;
  }

  push(data: string, event?: string): string {
    const { frame, events } = this.#reader.read({ data, event });
    for (const each of events) this.#meter(each);
    return frame ? this.#relay(frame) : '';
  }

  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome } {
    const { events, outcome } = this.#reader.end(reason);
    for (const each of events) this.#meter(each);
    if (outcome !== 'complete' || this.isTerminated) return { text: '', outcome };
    // Without the terminator, an answer that was due and has not begun is missing.
    const due = promptCount(this.#context.wire) * (this.#context.wire.n ?? 1);
    const { providerName } = this.#context.host;
    return {
      text: '',
      outcome: this.#reader.finishedChoices >= due ? outcome : cutError('upstream-cut', true, providerName),
    };
  }

  final(settled: SettledUsage): string {
    const { head, wire } = this.#context;
    const { finishReason, nativeFinishReason } = this.meter;
    const finish = { finish_reason: finishReason, native_finish_reason: nativeFinishReason };
    const usage = { ...this.#rawUsage, ...encodeUsage(settled) };
    return finalFrames({ ...headMembers(head), ...this.#carried }, wire, finish, usage, settled);
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    return errorFrame(error, this.#context.head, routerMetadata);
  }

  #relay(frame: JsonObject): string {
    this.#rawUsage = objectAt(frame, 'usage') ?? this.#rawUsage;
    const unknown = unknownMembers(frame, FRAME_MEMBERS);
    const listed = (isJsonArray(frame['choices']) ? frame['choices'] : []).filter(isJsonObject);
    if (listed.length === 0) {
      this.#carried = { ...this.#carried, ...unknown };
      return '';
    }
    const choices = listed.map((choice, at) => {
      const index = indexOf(choice, at);
      const native = nativeFinishOf(choice);
      return relayedChoice(choice, index, native === undefined ? null : finishOf(native), this.#context);
    });
    return `data: ${JSON.stringify({ ...headMembers(this.#context.head), ...unknown, choices })}\n\n`;
  }

  #meter(event: ChatEvent): void {
    const { meter } = this;
    if (isContentEvent(event)) meter.hasContent = true;
    switch (event.type) {
      case 'response-start':
        meter.upstreamId ??= event.upstreamId;
        meter.serviceTier ??= event.serviceTier;
        return;
      case 'text-delta':
      case 'reasoning-delta':
        meter.deliveredCharacters += event.text.length;
        return;
      case 'choice-end':
        if (event.choice !== 0 && meter.finishReason !== null) return;
        meter.finishReason = event.finishReason;
        meter.nativeFinishReason = event.nativeFinishReason;
        return;
      case 'usage':
        meter.usage = event.usage;
        return;
      case 'error':
        this.failure = event.error;
        return;
      default:
        // The decoder of this grammar gives no others.
        return;
    }
  }
}
