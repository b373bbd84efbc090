/**
 * The stream → core events: https://platform.openai.com/docs/api-reference/responses-streaming. Only a terminal event proves the
 * end; the bytes' end and `[DONE]` prove nothing.
 */
import type { ChatEvent, EndReason } from '../../../core/chat-events.ts';
import { GatewayError } from '../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { Frame, Outcome, StreamDecoder, UpstreamContext } from '../../dialect.ts';
import { carriesError } from '../../shared/openai/errors.ts';
import { cutError } from '../../shared/upstream/cut-error.ts';
import { type Lesson, TextForms } from '../../shared/upstream/text-form.ts';
import { type DeltaPlace, lessonOf } from './delta-form.ts';
import { errorOf } from './errors.ts';
import type { PartKind, Place } from './item-reader.ts';
import { ResponseReader } from './response-reader.ts';

export function openResponsesDecoder(context: UpstreamContext): ResponsesDecoder {
  return new ResponsesDecoder(context);
}

/** Pieces of parts: the event's type → which part, and the member that places it in its item. */
const PIECES: Readonly<Record<string, readonly [kind: PartKind, place: string]>> = {
  'response.output_text': ['text', 'content_index'],
  'response.refusal': ['refusal', 'content_index'],
  'response.reasoning_text': ['reasoning', 'content_index'],
  'response.reasoning_summary_text': ['summary', 'summary_index'],
  'response.function_call_arguments': ['arguments', ''],
  'response.custom_tool_call_input': ['arguments', ''],
};
/** What can be learnt of a parsed event, where it is a piece of text and nothing else. */
export function lessonIn(data: string, event: JsonObject, type: string): Lesson<DeltaPlace> | undefined {
  const piece = type.endsWith('.delta') ? PIECES[type.slice(0, -'.delta'.length)] : undefined;
  if (!piece || !stringAt(event, 'delta')) return undefined;
  const [kind, place] = piece;
  return lessonOf(data, event, kind, numberAt(event, place) ?? 0);
}

/** The member in which the whole of a part stands. */
const WHOLE_MEMBERS = ['text', 'refusal', 'arguments', 'input'] as const;

export class ResponsesDecoder implements StreamDecoder {
  readonly #context: UpstreamContext;
  readonly #reader: ResponseReader;
  readonly #forms = new TextForms<DeltaPlace>();
  #hasBegun = false;
  #isDone = false;
  #failure: GatewayError | undefined;

  constructor(context: UpstreamContext) {
    this.#context = context;
    this.#reader = new ResponseReader(context);
  }

  get isTerminated(): boolean {
    return this.#isDone;
  }

  push({ data, event }: Frame): readonly ChatEvent[] {
    if (this.#isDone || this.#failure) return [];
    const text = data.length > 16 ? data : data.trim();
    if (text === '' || text === '[DONE]') return [];
    const found = this.#forms.find(data, 0);
    if (found?.next === data.length) return this.say(found.about, found.text);
    const value = tryParseJson(data);
    if (value === undefined) return this.#refuse(`a stream event that is not JSON: ${data.slice(0, 200)}`);
    if (!isJsonObject(value)) return this.#refuse('a stream event that is no object');
    const type = stringAt(value, 'type') ?? event ?? '';
    this.#forms.learn(data, () => lessonIn(data, value, type));
    return this.read(value, type);
  }

  /** A piece of text of an event whose form is known. */
  say({ place, kind, at }: DeltaPlace, text: string): readonly ChatEvent[] {
    return this.#reader.items.add(place, kind, at, text);
  }

  /** An event that was parsed already; not after the end or a failure. */
  read(value: JsonObject, type: string): readonly ChatEvent[] {
    this.#hasBegun = true;
    if (type.endsWith('.delta')) return this.#piece(value, type.slice(0, -'.delta'.length));
    const response = objectAt(value, 'response');
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return response ? this.#reader.head(response) : [];
      case 'response.output_item.added':
      case 'response.output_item.done':
        return this.#item(value, type === 'response.output_item.done');
      case 'response.output_text.annotation.added': {
        const annotation: Json = value['annotation'] ?? null;
        return this.#reader.items.annotate(this.#place(value), numberAt(value, 'content_index') ?? 0, annotation);
      }
      case 'response.completed':
      case 'response.incomplete':
        this.#isDone = true;
        return this.#reader.finish(response ?? { status: type.slice('response.'.length) });
      case 'response.failed':
      case 'response.cancelled':
        return this.#fail(response ?? value);
      case 'error':
        return this.#fail(value);
      default:
        if (!type.startsWith('response.') && carriesError(value)) return this.#fail(value);
        return type.endsWith('.done') ? this.#whole(value, type.slice(0, -'.done'.length)) : [];
    }
  }

  end(reason: EndReason): { readonly events: readonly ChatEvent[]; readonly outcome: Outcome } {
    if (this.#failure) return { events: [], outcome: this.#failure };
    const { providerName } = this.#context.host;
    return { events: [], outcome: this.#isDone ? 'complete' : cutError(reason, this.#hasBegun, providerName) };
  }

  #place(value: JsonObject): Place {
    return this.#reader.items.placeOf(numberAt(value, 'output_index'), stringAt(value, 'item_id'));
  }

  #piece(value: JsonObject, name: string): readonly ChatEvent[] {
    const piece = PIECES[name];
    const text = stringAt(value, 'delta');
    if (!piece || !text) return [];
    const [kind, place] = piece;
    const at = numberAt(value, place) ?? 0;
    return this.#reader.items.add(this.#place(value), kind, at, text, value['logprobs']);
  }

  /** Hosts that send no pieces say the whole at the end of a part. */
  #whole(value: JsonObject, name: string): readonly ChatEvent[] {
    const piece = PIECES[name];
    const member = WHOLE_MEMBERS.find((known) => typeof value[known] === 'string');
    if (!piece || !member) return [];
    const [kind, place] = piece;
    const at = numberAt(value, place) ?? 0;
    return this.#reader.items.complete(this.#place(value), kind, at, stringAt(value, member) ?? '', value['logprobs']);
  }

  #item(value: JsonObject, isDone: boolean): readonly ChatEvent[] {
    const item = objectAt(value, 'item');
    if (!item) return [];
    const { items } = this.#reader;
    const place = items.placeOf(numberAt(value, 'output_index'), stringAt(item, 'id'));
    return isDone ? items.close(place, item) : items.open(place, item);
  }

  #fail(said: JsonObject): readonly ChatEvent[] {
    const error = errorOf(said, this.#context);
    const usage = this.#reader.usage(said);
    this.#failure = error;
    return [...(usage ? [usage] : []), { type: 'error', error }];
  }

  #refuse(what: string): readonly ChatEvent[] {
    const { providerName } = this.#context.host;
    const error = new GatewayError('provider.bad_answer', `${providerName} sent ${what}`, { providerName });
    this.#failure = error;
    return [{ type: 'error', error }];
  }
}
