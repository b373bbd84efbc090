/**
 * One upstream stream → core events, for every host of this grammar (docs/sources.md). The end is
 * proved: a stream is complete where every opened choice named its finish, or the terminator came after content, and the
 * bytes ended by themselves.
 */
import type { ChatEvent, EndReason } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { Frame, Outcome, StreamDecoder, UpstreamContext } from '../dialect.ts';
import { carriesError, decodeErrorValue } from '../shared/openai/errors.ts';
import { proveEnd } from '../shared/openai/stream-end.ts';
import { decodeUsage } from '../shared/openai/usage.ts';
import { type Lesson, stringGap, TextForms } from '../shared/upstream/text-form.ts';
import { citationsOf } from './content.ts';
import { onlyText } from './relay-template.ts';
import { headOf } from './response.ts';
import { type ChoiceDecoder, openChoiceDecoder } from './stream-choice.ts';

export function openChatDecoder(context: UpstreamContext): StreamDecoder {
  return new ChatDecoder(context);
}

const NONE: readonly ChatEvent[] = [];

class ChatDecoder implements StreamDecoder {
  readonly #context: UpstreamContext;
  readonly #choices = new Map<number, ChoiceDecoder>();
  /** Frames that say a piece of text and nothing that was not said: their choice. */
  #forms = new TextForms<number>();
  #started = false;
  #upstreamId: string | undefined;
  #serviceTier: string | undefined;
  #fingerprint: string | undefined;
  #usage: Usage | undefined;
  /** The last frame that named its sources: they are told once, at the end. */
  #sources: JsonObject | undefined;
  #failure: GatewayError | undefined;
  #terminated = false;

  constructor(context: UpstreamContext) {
    this.#context = context;
  }

  get isTerminated(): boolean {
    return this.#terminated;
  }

  push(frame: Frame): readonly ChatEvent[] {
    const text = frame.data;
    if (this.#terminated) return NONE;
    if (text === '[DONE]' || text.trim() === '[DONE]') {
      this.#terminated = true;
      return NONE;
    }
    const found = this.#failure || frame.event === 'error' ? undefined : this.#forms.find(text, 0);
    if (found?.next === text.length) return this.#say(found.about, found.text);
    const value = tryParseJson(text);
    if (this.#failure) {
      // What was used until the error is told after it (OpenRouter).
      if (isJsonObject(value)) this.#readUsage(value);
      return NONE;
    }
    if (value === undefined) {
      // An event with an empty body is a keep-alive of some proxies.
      return text.trim() === '' ? NONE : this.#fail(this.#badFrame('is not JSON'));
    }
    if (!isJsonObject(value)) return this.#fail(this.#badFrame('is no object'));
    const failed = this.#errorIn(frame, value);
    if (!failed) return this.#readAndLearn(value, text);
    this.#readUsage(value);
    return this.#fail(decodeErrorValue(failed, this.#context));
  }

  end(reason: EndReason): { readonly events: readonly ChatEvent[]; readonly outcome: Outcome } {
    const events: ChatEvent[] = [];
    const outcome = this.#failure ?? this.#outcomeOf(reason);
    if (outcome === 'complete') this.#close(events);
    if (this.#usage) events.push({ type: 'usage', usage: this.#usage });
    return { events, outcome };
  }

  #say(choice: number, text: string): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    this.#choiceAt(choice).say(text, events);
    return events;
  }

  #readAndLearn(value: JsonObject, data: string): readonly ChatEvent[] {
    const events = this.#read(value);
    const [event] = events;
    if (event?.type === 'text-delta' && events.length === 1) {
      this.#forms.learn(data, () => this.#lesson(value, data, event.choice));
    }
    return events;
  }

  #lesson(value: JsonObject, data: string, choice: number): Lesson<number> | undefined {
    const { cumulativeStream, usageWrapper } = this.#context.host.quirks;
    // A stream that repeats what it said is read against all of it.
    if (cumulativeStream || onlyText(value) !== 'content' || !saysOnlyText(value, usageWrapper)) return undefined;
    return {
      gaps: [stringGap(data, 'content', 'text')],
      about: choice,
      proves: (probe, text) => stringAt(objectAt(loneChoice(probe) ?? {}, 'delta') ?? {}, 'content') === text,
    };
  }

  #read(value: JsonObject): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    this.#readHead(value, events);
    this.#readUsage(value);
    if (value['citations'] !== undefined || value['search_results'] !== undefined) this.#sources = value;
    const { choices } = value;
    if (!isJsonArray(choices)) return events;
    choices.forEach((choice, at) => {
      if (!isJsonObject(choice)) return;
      const index = numberAt(choice, 'index') ?? at;
      this.#choiceAt(index).push(choice, this.#upstreamId, events);
    });
    return events;
  }

  #readHead(value: JsonObject, events: ChatEvent[]): void {
    const id = stringAt(value, 'id');
    const tier = stringAt(value, 'service_tier');
    // The first frame can be about the prompt only, with empty id and model (Azure).
    const fingerprint = stringAt(value, 'system_fingerprint');
    const isNews =
      (id && this.#upstreamId === undefined) ||
      (tier && tier !== this.#serviceTier) ||
      (fingerprint && fingerprint !== this.#fingerprint);
    if (this.#started && !isNews) return;
    this.#started = true;
    this.#forms = new TextForms();
    if (id) this.#upstreamId ??= id;
    if (tier) this.#serviceTier = tier;
    if (fingerprint) this.#fingerprint = fingerprint;
    events.push({ type: 'response-start', ...headOf(value) });
  }

  /** The last usage counts: several hosts send a running one on every frame. */
  #readUsage(value: JsonObject): void {
    const { host } = this.#context;
    const wrapper = host.quirks.usageWrapper;
    const wrapped = wrapper === undefined ? undefined : objectAt(value, wrapper);
    const first = isJsonArray(value['choices']) ? value['choices'][0] : undefined;
    const raw =
      objectAt(value, 'usage') ??
      (wrapped && objectAt(wrapped, 'usage')) ??
      // Moonshot puts it on the choice.
      (isJsonObject(first) ? objectAt(first, 'usage') : undefined);
    if (raw) this.#usage = decodeUsage(raw, host) ?? this.#usage;
  }

  #choiceAt(index: number): ChoiceDecoder {
    const known = this.#choices.get(index);
    if (known) return known;
    const choice = openChoiceDecoder(index, this.#context.host.quirks);
    this.#choices.set(index, choice);
    return choice;
  }

  #close(events: ChatEvent[]): void {
    for (const [index, choice] of this.#choices) {
      choice.flush(events);
      const citations = this.#sources && !choice.hasAnnotations ? citationsOf(this.#sources) : [];
      if (citations.length > 0) events.push({ type: 'annotation-delta', choice: index, annotations: citations });
      events.push({ type: 'choice-end', choice: index, ...choice.finish() });
    }
  }

  #outcomeOf(reason: EndReason): Outcome {
    return proveEnd(reason, {
      choices: [...this.#choices.values()].map(({ isFinished, hasContent }) => ({ isFinished, hasSaid: hasContent })),
      isTerminated: this.#terminated,
      hasBegun: this.#started,
      providerName: this.#context.host.providerName,
    });
  }

  /** The object that says what went wrong, or undefined where nothing did. */
  #errorIn(frame: Frame, value: JsonObject): JsonObject | undefined {
    if (frame.event === 'error' || carriesError(value)) return value;
    // Groq puts errors where it puts usage.
    const wrapper = this.#context.host.quirks.usageWrapper;
    const wrapped = wrapper === undefined ? undefined : objectAt(value, wrapper);
    return wrapped && carriesError(wrapped) ? wrapped : undefined;
  }

  #fail(error: GatewayError): readonly ChatEvent[] {
    this.#failure = error;
    return [{ type: 'error', error }];
  }

  #badFrame(what: string): GatewayError {
    const { providerName } = this.#context.host;
    return new GatewayError('provider.bad_answer', `${providerName} sent a stream event that ${what}.`, {
      providerName,
    });
  }
}

/** Members of a frame that say something beside its choices. */
const BESIDE = ['usage', 'citations', 'search_results', 'error'];

/** Whether there is no more in it than one choice that goes on, and what all frames of the stream repeat. */
function saysOnlyText(frame: JsonObject, usageWrapper: string | undefined): boolean {
  const choice = loneChoice(frame);
  if (!choice || stringAt(choice, 'finish_reason') || isJsonObject(choice['usage'])) return false;
  if (usageWrapper !== undefined && frame[usageWrapper] !== undefined) return false;
  return BESIDE.every((member) => frame[member] === undefined || frame[member] === null);
}

function loneChoice(frame: JsonObject): JsonObject | undefined {
  const { choices } = frame;
  const [choice] = isJsonArray(choices) ? choices : [];
  return isJsonArray(choices) && choices.length === 1 && isJsonObject(choice) ? choice : undefined;
}
