/**
 * The relay lane's stream: frames as the host wrote them, under our id, model and provider. Usage and the terminator are held
 * back until the exchange is settled. What a frame means is read by the decoder, so the lanes cannot disagree.
 */

import { type ChatEvent, type EndReason, isContentEvent } from '../../../core/chat-events.ts';
import type { GatewayError } from '../../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, objectAt } from '../../../core/json.ts';
import type { Outcome, RelayContext, RelayStream, SettledUsage } from '../../dialect.ts';
import { encodeUsage } from '../../shared/gateway/usage.ts';
import { cutError } from '../../shared/upstream/cut-error.ts';
import { newMeter } from '../../shared/upstream/stream-meter.ts';
import { type Lesson, stringGap, TextForms } from '../../shared/upstream/text-form.ts';
import { headMembers } from '../client/encode.ts';
import { errorFrame, finalFrames } from '../client/stream-encoder.ts';
import { promptCount } from '../prompt.ts';
import { finishOf, indexOf, nativeFinishOf, reasoningOf, textOf, unknownMembers } from '../upstream/choice.ts';
import { StreamReader } from '../upstream/stream-reader.ts';
import type { WireCompletionRequest } from '../wire-types.ts';
import { FRAME_MEMBERS, relayedChoice } from './relay-response.ts';

type Context = RelayContext<WireCompletionRequest>;

/** How frames of a form leave: what stands before their text, and after it. */
interface Rewriting {
  readonly before: string;
  readonly after: string;
}

/** Stands for the text while a form is learnt; JSON leaves it as it is. */
const PROBE = '~signalbox~text~';

export function openRelay(context: Context): RelayStream {
  return new Relay(context);
}

class Relay implements RelayStream {
  failure: GatewayError | undefined;
  readonly meter = newMeter();

  readonly #context: Context;
  readonly #reader: StreamReader;
  readonly #forms = new TextForms<Rewriting>();
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
    if (!frame) return '';
    this.#forms.learn(data, () => this.#lesson(data, frame));
    return this.#relay(frame);
  }

  /** Nearly all frames are pieces of text, of which only the text is new. */
  skim(text: string, at: number, out: string[]): number {
    let next = at;
    for (let found = this.#forms.find(text, at); found; found = this.#forms.find(text, next)) {
      if (!text.startsWith('\n\n', found.next)) break;
      out.push(found.about.before, found.text, found.about.after);
      this.meter.deliveredCharacters += found.text.length;
      next = found.next + 2;
    }
    return next;
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

  #lesson(data: string, frame: JsonObject): Lesson<Rewriting> | undefined {
    const choice = loneChoice(frame);
    if (!choice || nativeFinishOf(choice) || objectAt(choice, 'logprobs') || objectAt(frame, 'usage')) return undefined;
    if (reasoningOf(choice) || !textOf(choice)) return undefined;
    const [before = '', after = ''] = this.#write(frame, [{ ...choice, text: PROBE }]).split(PROBE);
    return {
      opening: 'data: ',
      gaps: [stringGap(data, 'text', 'text')],
      about: { before, after },
      proves: (probe, text) => loneChoice(probe)?.['text'] === text,
    };
  }

  #relay(frame: JsonObject): string {
    this.#rawUsage = objectAt(frame, 'usage') ?? this.#rawUsage;
    const listed = choicesOf(frame);
    if (listed.length > 0) return this.#write(frame, listed);
    this.#carried = { ...this.#carried, ...unknownMembers(frame, FRAME_MEMBERS) };
    return '';
  }

  #write(frame: JsonObject, listed: readonly JsonObject[]): string {
    const unknown = unknownMembers(frame, FRAME_MEMBERS);
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

function choicesOf(frame: JsonObject): readonly JsonObject[] {
  return (isJsonArray(frame['choices']) ? frame['choices'] : []).filter(isJsonObject);
}

function loneChoice(frame: JsonObject): JsonObject | undefined {
  const choices = choicesOf(frame);
  return choices.length === 1 ? choices[0] : undefined;
}
