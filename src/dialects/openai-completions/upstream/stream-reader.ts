/** Reads a stream of completions frame by frame, for both lanes: what each frame means, and whether the end is proved. */
import type { ChatEvent, EndReason } from '../../../core/chat-events.ts';
import { GatewayError } from '../../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, objectAt } from '../../../core/json.ts';
import type { Usage } from '../../../core/usage.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { Frame, Outcome, UpstreamContext } from '../../dialect.ts';
import { carriesError, decodeErrorValue } from '../../shared/openai/errors.ts';
import { proveEnd } from '../../shared/openai/stream-end.ts';
import { decodeUsage } from '../../shared/openai/usage.ts';
import { toChatLogprobs } from '../logprobs.ts';
import { aboutReply, finishOf, indexOf, nativeFinishOf, reasoningOf, textOf } from './choice.ts';

/** A frame, and what it means; no frame where it says nothing or went wrong. */
export interface ReadFrame {
  readonly frame?: JsonObject;
  readonly events: readonly ChatEvent[];
}

interface OpenChoice {
  hasSaid: boolean;
  native: string | undefined;
}

const NOTHING: ReadFrame = { events: [] };

export class StreamReader {
  readonly #context: UpstreamContext;
  readonly #choices = new Map<number, OpenChoice>();
  #hasBegun = false;
  #isTerminated = false;
  #usage: Usage | undefined;
  #failure: GatewayError | undefined;

  constructor(context: UpstreamContext) {
    this.#context = context;
  }

  get isTerminated(): boolean {
    return this.#isTerminated;
  }

  /** How many choices have named their end. */
  get finishedChoices(): number {
    let count = 0;
    for (const { native } of this.#choices.values()) if (native !== undefined) count++;
    return count;
  }

  read({ data, event }: Frame): ReadFrame {
    const text = data.trim();
    if (this.#failure || this.#isTerminated || text === '') return NOTHING;
    if (text === '[DONE]') {
      this.#isTerminated = true;
      return NOTHING;
    }
    const frame = tryParseJson(text);
    if (!isJsonObject(frame)) return this.#fail(this.#badFrame(frame === undefined ? 'is not JSON' : 'is no object'));
    if (event === 'error' || carriesError(frame)) return this.#fail(decodeErrorValue(frame, this.#context));
    return { frame, events: this.#readFrame(frame) };
  }

  end(reason: EndReason): { readonly events: readonly ChatEvent[]; readonly outcome: Outcome } {
    const events: ChatEvent[] = [];
    const outcome = this.#failure ?? this.#outcomeOf(reason);
    if (outcome === 'complete') {
      for (const [choice, { native }] of this.#choices) {
        const finishReason = finishOf(native);
        events.push({ type: 'choice-end', choice, finishReason, nativeFinishReason: native ?? finishReason });
      }
    }
    if (this.#usage) events.push({ type: 'usage', usage: this.#usage });
    return { events, outcome };
  }

  #readFrame(frame: JsonObject): readonly ChatEvent[] {
    const events: ChatEvent[] = this.#hasBegun ? [] : [{ type: 'response-start', ...aboutReply(frame) }];
    this.#hasBegun = true;
    const raw = objectAt(frame, 'usage');
    this.#usage = (raw && decodeUsage(raw, this.#context.host)) ?? this.#usage;
    const listed = isJsonArray(frame['choices']) ? frame['choices'] : [];
    for (const [at, choice] of listed.entries()) if (isJsonObject(choice)) this.#readChoice(choice, at, events);
    return events;
  }

  #readChoice(wire: JsonObject, at: number, events: ChatEvent[]): void {
    const choice = indexOf(wire, at);
    const open = this.#choices.get(choice) ?? { hasSaid: false, native: undefined };
    this.#choices.set(choice, open);
    const before = events.length;
    const reasoning = reasoningOf(wire);
    if (reasoning) {
      const details = [{ type: 'reasoning.text', text: reasoning, format: 'unknown', index: 0 }] as const;
      events.push({ type: 'reasoning-delta', choice, text: reasoning, details });
    }
    const text = textOf(wire);
    const logprobs = toChatLogprobs(wire['logprobs']);
    if (text) events.push({ type: 'text-delta', choice, text, ...(logprobs && { logprobs }) });
    else if (logprobs) events.push({ type: 'logprobs-delta', choice, logprobs });
    if (events.length > before) open.hasSaid = true;
    // Some name the reason twice: the last word counts.
    open.native = nativeFinishOf(wire) ?? open.native;
  }

  #outcomeOf(reason: EndReason): Outcome {
    return proveEnd(reason, {
      choices: [...this.#choices.values()].map(({ native, hasSaid }) => ({
        isFinished: native !== undefined,
        hasSaid,
      })),
      isTerminated: this.#isTerminated,
      hasBegun: this.#hasBegun,
      providerName: this.#context.host.providerName,
    });
  }

  #fail(error: GatewayError): ReadFrame {
    this.#failure = error;
    return { events: [{ type: 'error', error }] };
  }

  #badFrame(what: string): GatewayError {
    const { providerName } = this.#context.host;
    return new GatewayError('provider.bad_answer', `${providerName} sent a stream event that ${what}.`, {
      providerName,
    });
  }
}
