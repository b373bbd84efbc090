/**
 * The relay lane's stream: every event of the host by value, under our id and model. What an event means is read by the
 * decoder, so the lanes cannot disagree. The event that ends the response waits for settlement.
 */
import type { EndReason } from '../../../core/chat-events.ts';
import { GatewayError } from '../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { Outcome, RelayContext, RelayStream, SettledUsage, StreamMeter } from '../../dialect.ts';
import { meterEvent, newMeter } from '../../shared/upstream/stream-meter.ts';
import { TextForms } from '../../shared/upstream/text-form.ts';
import { responseBase } from '../client/response-object.ts';
import { openResponsesEncoder } from '../client/stream-encoder.ts';
import { besideFailure, errorEventMembers, failureMember } from '../shared/response-failure.ts';
import { sealedItem } from '../shared/sealed-items.ts';
import type { DeltaPlace } from '../upstream/delta-form.ts';
import { lessonIn, openResponsesDecoder, type ResponsesDecoder } from '../upstream/stream-decoder.ts';
import type { WireResponsesRequest } from '../wire-types.ts';
import { type CallNames, openCallNames } from './call-names.ts';
import { ItemIds } from './item-ids.ts';
import { patchResponse, withSettled } from './patch.ts';

const DONE = '[DONE]';

export function openRelay(context: RelayContext<WireResponsesRequest>): RelayStream {
  return new Relay(context);
}

class Relay implements RelayStream {
  readonly meter: StreamMeter = newMeter();
  failure: GatewayError | undefined;
  readonly #context: RelayContext<WireResponsesRequest>;
  readonly #decoder: ResponsesDecoder;
  readonly #names: CallNames;
  readonly #ids = new ItemIds();
  readonly #forms = new TextForms<DeltaPlace>();
  /** Number of the next event: ours, as some hosts give none, and clients go by them. */
  #next = 0;
  /** Events that we put before the host's own. */
  #added = 0;
  /** Items that are done, as the client got them, and names of the calls that began, by position. */
  readonly #items = new Map<number, Json>();
  readonly #callNames = new Map<number, Json>();
  #terminal: { readonly type: string; readonly event: JsonObject } | undefined;

  constructor(context: RelayContext<WireResponsesRequest>) {
    this.#context = context;
    this.#decoder = openResponsesDecoder(context);
    this.#names = openCallNames(context.wire);
  }

  get isTerminated(): boolean {
    return this.#decoder.isTerminated;
  }

  push(data: string, name?: string): string {
    if (this.isTerminated || this.failure) return '';
    const text = data.length > 16 ? data : data.trim();
    // An event with an empty body is a keep-alive of some proxies.
    if (text === '' || text === DONE) return '';
    const event = tryParseJson(data);
    if (event === undefined) return this.#refuse(`a stream event that is not JSON: ${data.slice(0, 200)}`);
    if (!isJsonObject(event)) return this.#refuse('a stream event that is no object');
    const type = stringAt(event, 'type') ?? name ?? '';
    for (const said of this.#decoder.read(this.#names.inEvent(event), type)) {
      meterEvent(this.meter, said);
      if (said.type === 'error') this.failure ??= said.error;
    }
    if (this.failure) return '';
    if (this.isTerminated) {
      this.#terminal = { type, event };
      return '';
    }
    const opening = this.#opening(type);
    const named = this.#ids.inEvent(type, event);
    if (named === event) this.#learn(data, event, type);
    const patched = this.#numbered(this.#patched(type, named));
    // Untouched, which is nearly always: the host's own text, unless it stands in several lines.
    if (patched === event && !data.includes('\n')) return `${opening}event: ${nameOf(type)}\ndata: ${data}\n\n`;
    return opening + this.#write(type, patched);
  }

  /** Nearly all events are pieces of text, and leave as they came. */
  skim(text: string, at: number, out: string[]): number {
    let next = at;
    for (let found = this.#forms.find(text, at); found; found = this.#forms.find(text, next)) {
      if (found.count !== this.#next || !text.startsWith('\n\n', found.next)) break;
      for (const said of this.#decoder.say(found.about, found.text)) meterEvent(this.meter, said);
      this.#next = found.count + 1;
      next = found.next + 2;
    }
    if (next > at) out.push(text.slice(at, next));
    return next;
  }

  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome } {
    return { text: '', outcome: this.failure ?? this.#decoder.end(reason).outcome };
  }

  final(settled: SettledUsage): string {
    const { type, event } = this.#terminal ?? { type: 'response.completed', event: {} };
    const raw = this.#ids.inResponse(objectAt(event, 'response') ?? { status: type.slice('response.'.length) });
    const patched = withSettled(patchResponse(raw, this.#context, this.#said()), raw, settled);
    const opening = this.#opening(type);
    return `${opening}${this.#write(type, this.#numbered({ type, ...event, response: patched }))}data: ${DONE}\n\n`;
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    const { head, wire } = this.#context;
    if (this.#next === 0) return openResponsesEncoder(head, wire).fail(error, routerMetadata);
    const response = {
      ...responseBase(wire, head),
      status: 'failed',
      error: failureMember(error),
      output: this.#said(),
      ...besideFailure(error, routerMetadata),
    };
    return this.#emit('error', errorEventMembers(error)) + this.#emit('response.failed', { response });
  }

  /** Clients take it for granted that a response is created before anything else (recorded hosts do so too). */
  #opening(type: string): string {
    if (this.#next > 0 || type === 'response.created') return '';
    const response = responseBase(this.#context.wire, this.#context.head);
    const text = this.#emit('response.created', { response }) + this.#emit('response.in_progress', { response });
    this.#added = this.#next;
    return text;
  }

  #learn(data: string, event: JsonObject, type: string): void {
    // What we would have to number, or to complete for strict clients, does not leave as it came.
    if (this.#added > 0) return;
    this.#forms.learn(data, () => {
      const lesson = lessonIn(data, event, type);
      if (!lesson?.about.isNumbered || (lesson.about.kind === 'text' && !lesson.about.hasLogprobs)) return undefined;
      return { ...lesson, opening: `event: ${type}\ndata: ` };
    });
  }

  #patched(type: string, event: JsonObject): JsonObject {
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress': {
        const response = objectAt(event, 'response') ?? {};
        return { ...event, response: patchResponse(response, this.#context, this.#said()) };
      }
      case 'response.output_item.added':
      case 'response.output_item.done': {
        const item = event['item'] ?? null;
        const sealed = sealedItem(item, this.#context.host);
        const at = numberAt(event, 'output_index') ?? this.#items.size;
        if (type.endsWith('.done')) this.#items.set(at, sealed);
        else if (isJsonObject(item) && item['name'] !== undefined) this.#callNames.set(at, item['name']);
        return sealed === item ? event : { ...event, item: sealed };
      }
      case 'response.function_call_arguments.done': {
        if (event['name'] !== undefined) return event;
        // Strict clients want what only newer hosts repeat.
        const name = this.#callNames.get(numberAt(event, 'output_index') ?? 0);
        return name === undefined ? event : { ...event, name };
      }
      case 'response.output_text.delta':
      case 'response.output_text.done':
        // Strict clients want the list.
        return event['logprobs'] === undefined ? { ...event, logprobs: [] } : event;
      default:
        return event;
    }
  }

  #numbered(event: JsonObject): JsonObject {
    const number = this.#next++;
    return event['sequence_number'] === number ? event : { ...event, sequence_number: number };
  }

  #said(): readonly Json[] {
    return [...this.#items].sort(([a], [b]) => a - b).map(([, item]) => item);
  }

  #emit(type: string, members: JsonObject): string {
    return this.#write(type, { type, sequence_number: this.#next++, ...members });
  }

  #write(type: string, event: JsonObject): string {
    return `event: ${nameOf(type)}\ndata: ${JSON.stringify(event)}\n\n`;
  }

  #refuse(what: string): string {
    const { providerName } = this.#context.host;
    this.failure = new GatewayError('provider.bad_answer', `${providerName} sent ${what}`, { providerName });
    return '';
  }
}

/** A type as the event's name: one line, as another would begin another field. */
function nameOf(type: string): string {
  return /[\r\n]/.test(type) ? type.replace(/[\r\n]/g, ' ') : type;
}
