/**
 * The relay lane's stream: the host's objects by value under our id. They are read by the decoder's own reader, so that the
 * lanes cannot disagree; usage stands on nearly every one of them and is told on the last. An object that ends a candidate waits
 * for the settlement, unless content follows: some models say a reason to finish and go on.
 */
import type { ChatEvent, EndReason } from '../../../core/chat-events.ts';
import { type GatewayError, toGatewayError } from '../../../core/errors.ts';
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, objectAt } from '../../../core/json.ts';
import type { Outcome, RelayContext, RelayStream, SettledUsage } from '../../dialect.ts';
import { meterEvent, newMeter } from '../../shared/upstream/stream-meter.ts';
import { TextForms } from '../../shared/upstream/text-form.ts';
import { encodeError } from '../client/errors.ts';
import { type FrameWriter, openFrames } from '../client/framing.ts';
import type { WireGeminiRequest } from '../client/wire-request.ts';
import { openReplyReader, type ReplyReader } from '../reply-reader.ts';
import { outcomeOf, parseFrame } from '../stream-decoder.ts';
import { lessonOf, withText } from '../text-frame.ts';
import { ownFrame, settledFrame } from './relay-response.ts';

/** How objects of a form leave: what stands before their text, and after it. */
interface Rewriting {
  readonly choice: number;
  readonly before: string;
  readonly after: string;
}

/** Stands for the text while a form is learnt; JSON leaves it as it is. */
const PROBE = '~signalbox~text~';
const OPENING = 'data: ';

export function openRelay(context: RelayContext<WireGeminiRequest>): RelayStream {
  return new Relay(context);
}

class Relay implements RelayStream {
  readonly meter = newMeter();
  readonly isTerminated = false;
  failure: GatewayError | undefined;

  readonly #context: RelayContext<WireGeminiRequest>;
  readonly #frames: FrameWriter;
  readonly #reader: ReplyReader;
  /** From the first object that ends a candidate on. */
  #held: JsonObject[] = [];
  readonly #forms = new TextForms<Rewriting>();

  constructor(context: RelayContext<WireGeminiRequest>) {
    this.#context = context;
    this.#frames = openFrames(context.wire);
    this.#reader = openReplyReader(context);
  }

  push(data: string): string {
    // A proxy may append the other grammar's terminator.
    if (this.failure || data === '' || data === '[DONE]') return '';
    try {
      const values = parseFrame(data, this.#context);
      const text = values.map((value) => this.#take(value)).join('');
      if (values.length === 1) this.#learn(data, values[0] ?? null);
      return text;
    } catch (thrown) {
      this.failure = toGatewayError(thrown);
      return '';
    }
  }

  /** Nearly all objects are pieces of text, of which only the text is new. */
  skim(text: string, at: number, out: string[]): number {
    // What is held may have to leave before them.
    if (this.#held.length > 0) return at;
    let next = at;
    for (let found = this.#forms.find(text, at); found; found = this.#forms.find(text, next)) {
      if (!text.startsWith('\n\n', found.next)) break;
      const { choice, before, after } = found.about;
      meterEvent(this.meter, this.#reader.say(choice, found.text, text.slice(next + OPENING.length, found.next)));
      out.push(this.#frames.frame(before + found.text + after));
      next = found.next + 2;
    }
    return next;
  }

  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome } {
    const outcome = this.failure ?? outcomeOf(reason, this.#reader.isFinished(), this.#context);
    this.#read(outcome === 'complete' ? this.#reader.close(null) : this.#reader.closeBroken());
    return { text: '', outcome };
  }

  final(settled: SettledUsage): string {
    const { head } = this.#context;
    const before = this.#held.slice(0, -1).map((frame) => this.#write(ownFrame(frame, head)));
    const last = settledFrame(this.#held.at(-1) ?? {}, this.#reader.usage(), this.meter.usage, head, settled);
    return before.join('') + this.#write(last) + this.#frames.close();
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    const body = encodeError(error, routerMetadata, this.#context.head.id);
    return this.#frames.error(JSON.stringify(body)) + this.#frames.close();
  }

  #take(value: Json): string {
    this.#read(this.#reader.read(value));
    const frames = isJsonArray(value) ? value.filter(isJsonObject) : [value].filter(isJsonObject);
    return frames.map((frame) => this.#relay(frame)).join('');
  }

  #learn(data: string, value: Json): void {
    this.#forms.learn(data, () => {
      const lesson = lessonOf(data, value, (choice): Rewriting => {
        const own = isJsonObject(value) ? ownFrame(withText(value, PROBE), this.#context.head) : {};
        const [before = '', after = ''] = JSON.stringify(own).split(PROBE);
        return { choice, before, after };
      });
      return lesson && { ...lesson, opening: OPENING };
    });
  }

  #read(events: readonly ChatEvent[]): void {
    for (const event of events) meterEvent(this.meter, event);
  }

  #relay(frame: JsonObject): string {
    let text = '';
    if (this.#held.length > 0 && saysSomething(frame)) {
      text = this.#held.map((each) => this.#write(ownFrame(each, this.#context.head))).join('');
      this.#held = [];
    }
    if (this.#held.length === 0 && !endsSomething(frame))
      return text + this.#write(ownFrame(frame, this.#context.head));
    this.#held.push(frame);
    return text;
  }

  #write(frame: JsonObject): string {
    return this.#frames.frame(JSON.stringify(frame));
  }
}

const candidatesOf = (frame: JsonObject): readonly JsonObject[] =>
  (arrayAt(frame, 'candidates') ?? []).filter(isJsonObject);

function endsSomething(frame: JsonObject): boolean {
  if (candidatesOf(frame).some(({ finishReason }) => finishReason !== undefined && finishReason !== null)) return true;
  return objectAt(frame, 'promptFeedback')?.['blockReason'] !== undefined;
}

/** Whether there is more in it than an empty text. */
function saysSomething(frame: JsonObject): boolean {
  return candidatesOf(frame).some((candidate) => {
    const parts = arrayAt(objectAt(candidate, 'content') ?? {}, 'parts') ?? [];
    return parts.some((part) => isJsonObject(part) && (part['text'] !== '' || Object.keys(part).length > 1));
  });
}
