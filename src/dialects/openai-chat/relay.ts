/**
 * The relay lane: client and upstream speak this grammar. The stream meters itself and every frame it lets through is correct
 * (DESIGN §7.1); it never forwards usage or the terminator: those follow settlement.
 */

import type { EndReason } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Outcome, RelayContext, RelayStream, SettledUsage, StreamMeter } from '../dialect.ts';
import { carriesError, decodeErrorValue } from './errors.ts';
import { frameOf, openToolCallIndex, type RelayedChoice, relayChoice, unknownMembers } from './relay-frame.ts';
import { learnTemplate, PROBE, type Template, type TextField } from './relay-template.ts';
import { encodeErrorFrame } from './stream-encoder.ts';
import { decodeUsage, encodeUsage } from './usage.ts';

const SSE_DONE = '[DONE]';
/** Skeletons worth remembering at once: content, reasoning, and one more for a host that alternates. */
const MAX_TEMPLATES = 3;

export function openRelay(context: RelayContext): RelayStream {
  return new Relay(context);
}

class Relay implements RelayStream {
  readonly meter: StreamMeter = {
    hasContent: false,
    deliveredCharacters: 0,
    usage: undefined,
    finishReason: null,
    nativeFinishReason: null,
    upstreamId: undefined,
    serviceTier: undefined,
    toolCalls: 0,
  };
  failure: GatewayError | undefined;

  readonly #context: RelayContext;
  readonly #toolCalls = openToolCallIndex();
  readonly #open = new Set<number>();
  #templates: Template[] = [];
  #done = false;
  #sawFrame = false;
  /** Unknown members of frames without choices: they ride on the next frame that leaves. */
  #carried: MutableJsonObject | undefined;
  #rawUsage: JsonObject | undefined;

  constructor(context: RelayContext) {
    this.#context = context;
  }

  get isTerminated(): boolean {
    return this.#done;
  }

  push(data: string, event?: string): string {
    for (const template of this.#templates) {
      const rewritten = template.apply(data);
      if (rewritten !== undefined) {
        this.meter.deliveredCharacters += data.length - template.skeletonLength;
        return rewritten;
      }
    }
    const text = data.length > SSE_DONE.length + 8 ? data : data.trim();
    if (text === SSE_DONE) this.#done = true;
    // An event with an empty body is a keep-alive of some proxies.
    if (text === SSE_DONE || text === '') return '';
    return this.#pushParsed(data, event);
  }

  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome } {
    if (this.failure) return { text: '', outcome: this.failure };
    const outcome = this.#outcomeOf(reason);
    // A host that ends with [DONE] but names no finish: the client still learns that the choice ended.
    if (outcome !== 'complete' || this.meter.finishReason !== null) return { text: '', outcome };
    this.meter.finishReason = 'stop';
    const ended = {
      index: 0,
      delta: { role: 'assistant', content: '' },
      finish_reason: 'stop',
      native_finish_reason: null,
    };
    return { text: this.#frame([ended], undefined), outcome };
  }

  final(settled: SettledUsage): string {
    const frame: MutableJsonObject = {
      ...frameOf(this.#context, [], this.#carried),
      usage: { ...this.#rawUsage, ...encodeUsage(settled) },
    };
    if (settled.routerMetadata) frame['openrouter_metadata'] = settled.routerMetadata;
    return `data: ${JSON.stringify(frame)}\n\ndata: ${SSE_DONE}\n\n`;
  }

  fail(error: GatewayError, extra?: JsonObject): string {
    return encodeErrorFrame(error, this.#context.head, extra);
  }

  #outcomeOf(reason: EndReason): Outcome {
    const finished = this.meter.finishReason !== null && this.#open.size === 0;
    if (reason === 'upstream-end' && (finished || (this.#done && this.meter.hasContent))) return 'complete';
    const { providerName } = this.#context.host;
    if (reason === 'deadline') {
      return new GatewayError('provider.timeout', `${providerName} stopped answering before its answer was complete.`, {
        providerName,
      });
    }
    const what = this.#sawFrame ? 'ended its answer before it was complete' : 'answered a stream without any event';
    return new GatewayError('provider.truncated', `${providerName} ${what}.`, { providerName });
  }

  #pushParsed(data: string, event: string | undefined): string {
    let raw: Json;
    try {
      raw = JSON.parse(data);
    } catch {
      return this.#refuse(`a stream event that is not JSON: ${data.slice(0, 200)}`);
    }
    if (!isJsonObject(raw)) return this.#refuse('a stream event that is no object');
    this.#sawFrame = true;
    this.#readHead(raw);
    this.#readUsage(raw);
    const failed = errorIn(raw, event, this.#context.host.quirks.usageWrapper);
    if (failed) {
      this.failure = decodeErrorValue(failed, this.#context);
      return '';
    }
    const unknown = unknownMembers(raw, this.#context.host.quirks.usageWrapper);
    const choices = isJsonArray(raw['choices']) ? raw['choices'].filter(isJsonObject) : [];
    const relayed = choices.map((choice) => relayChoice(choice, this.#context, this.#toolCalls));
    for (const choice of relayed) this.#meterChoice(choice);
    if (relayed.every((choice) => choice.isEmpty)) {
      if (unknown) this.#carried = { ...this.#carried, ...unknown };
      return '';
    }
    const values = relayed.map((choice) => choice.value);
    this.#learn(data, raw, relayed, unknown);
    return this.#frame(values, unknown);
  }

  #refuse(what: string): string {
    const { providerName } = this.#context.host;
    this.failure = new GatewayError('provider.bad_answer', `${providerName} sent ${what}`, { providerName });
    return '';
  }

  #readHead(raw: JsonObject): void {
    if (this.meter.upstreamId === undefined && typeof raw['id'] === 'string') this.meter.upstreamId = raw['id'];
    if (typeof raw['service_tier'] === 'string') this.meter.serviceTier = raw['service_tier'];
  }

  #readUsage(raw: JsonObject): void {
    const { host } = this.#context;
    const wrapper = host.quirks.usageWrapper;
    const wrapped = wrapper === undefined ? undefined : raw[wrapper];
    const [first] = isJsonArray(raw['choices']) ? raw['choices'] : [];
    const usage = [raw, wrapped, first]
      .map((member) => (isJsonObject(member) ? member['usage'] : undefined))
      .find(isJsonObject);
    if (!usage) return;
    const decoded = decodeUsage(usage, host);
    if (!decoded) return;
    this.meter.usage = decoded;
    this.#rawUsage = usage;
  }

  #meterChoice(choice: RelayedChoice): void {
    const { meter } = this;
    if (choice.hasContent) meter.hasContent = true;
    meter.deliveredCharacters += choice.characters;
    meter.toolCalls += choice.toolCalls;
    if (choice.finishReason === null) {
      if (choice.hasContent) this.#open.add(choice.index);
    } else {
      this.#open.delete(choice.index);
      meter.finishReason = choice.finishReason;
      meter.nativeFinishReason = choice.nativeFinishReason;
    }
  }

  #frame(choices: readonly JsonObject[], unknown: JsonObject | undefined): string {
    const carried = this.#carried;
    this.#carried = undefined;
    const members = carried ? { ...carried, ...unknown } : unknown;
    return `data: ${JSON.stringify(frameOf(this.#context, choices, members))}\n\n`;
  }

  /** Remembers the skeleton of a frame that says nothing but a piece of text. */
  #learn(data: string, raw: JsonObject, relayed: readonly RelayedChoice[], unknown: JsonObject | undefined): void {
    const [choice] = relayed;
    if (relayed.length !== 1 || !choice?.hasContent || choice.finishReason !== null || this.#carried) return;
    const wrapper = this.#context.host.quirks.usageWrapper;
    if (isJsonObject(raw['usage']) || (wrapper !== undefined && raw[wrapper] !== undefined)) return;
    const field = onlyText(raw);
    if (!field) return;
    const { value } = choice;
    const delta = isJsonObject(value['delta']) ? value['delta'] : {};
    const probed: JsonObject = { ...value, delta: withText(delta, field) };
    if (field !== 'content' && delta['reasoning'] === undefined) return; // reasoning is excluded
    const template = learnTemplate(
      data,
      field,
      `data: ${JSON.stringify(frameOf(this.#context, [probed], unknown))}\n\n`,
    );
    if (!template) return;
    this.#templates = [template, ...this.#templates].slice(0, MAX_TEMPLATES);
  }
}

/** The value that tells an error: the frame itself, or the host's wrapper; an event named so, whatever it holds. */
function errorIn(raw: JsonObject, event: string | undefined, wrapper: string | undefined): JsonObject | undefined {
  if (event === 'error' || carriesError(raw)) return raw;
  const wrapped = wrapper === undefined ? undefined : raw[wrapper];
  return isJsonObject(wrapped) && wrapped['error'] != null ? wrapped : undefined;
}

/** The one field that carries all the text of the frame's one choice, or undefined. */
function onlyText(raw: JsonObject): TextField | undefined {
  const choice = isJsonArray(raw['choices']) ? raw['choices'][0] : undefined;
  const delta = isJsonObject(choice) ? choice['delta'] : undefined;
  if (!isJsonObject(delta)) return undefined;
  let field: TextField | undefined;
  for (const key of Object.keys(delta)) {
    const value = delta[key];
    if (key === 'role' || value === null || value === '') continue;
    if (typeof value !== 'string' || field !== undefined) return undefined;
    if (key !== 'content' && key !== 'reasoning' && key !== 'reasoning_content') return undefined;
    field = key;
  }
  return field;
}

function withText(delta: JsonObject, field: TextField): JsonObject {
  if (field === 'content') return { ...delta, content: PROBE };
  const details = isJsonArray(delta['reasoning_details']) ? delta['reasoning_details'] : [];
  return {
    ...delta,
    reasoning: PROBE,
    reasoning_details: details.map((detail) => (isJsonObject(detail) ? { ...detail, text: PROBE } : detail)),
  };
}
