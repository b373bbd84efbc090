/**
 * The relay lane: client and upstream speak this grammar. The stream meters itself and every frame it lets through is correct
 *; it never forwards usage or the terminator: those follow settlement. What a frame means is read by the
 * decoder's own parts, so the lanes cannot disagree.
 */

import type { EndReason } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type MutableJsonObject,
  numberAt,
  objectAt,
  stringAt,
} from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { Outcome, RelayContext, RelayStream, SettledUsage } from '../dialect.ts';
import { tierServed } from '../shared/gateway/service-tier.ts';
import { encodeUsage } from '../shared/gateway/usage.ts';
import { carriesError, decodeErrorValue } from '../shared/openai/errors.ts';
import { withTierServed } from '../shared/openai/service-tier-field.ts';
import { proveEnd } from '../shared/openai/stream-end.ts';
import { decodeUsage } from '../shared/openai/usage.ts';
import { newMeter } from '../shared/upstream/stream-meter.ts';
import { citationsOf } from './content.ts';
import { RelayChoice, type RelayedPiece } from './relay-choice.ts';
import { frameOf, unknownMembers } from './relay-frame.ts';
import { learnTemplate, onlyText, type Template, withProbe } from './relay-template.ts';
import { encodeErrorFrame } from './stream-encoder.ts';

const SSE_DONE = '[DONE]';
/** Characters of an event around its value: `data: ` and the blank line. */
const EVENT_FRAMING = 8;
/** Skeletons worth remembering at once: content, reasoning, and one more for a host that alternates. */
const MAX_TEMPLATES = 3;
/** A host whose frames never repeat a skeleton (padding, its own clock) is not worth more tries. */
const MAX_LEARNT = 12;
/** Top-level members of a frame that we say ourselves, or absorb. */
const OURS = ['id', 'object', 'created', 'model', 'provider', 'choices', 'usage', 'error', 'obfuscation'];

export function openRelay(context: RelayContext): RelayStream {
  return new Relay(context);
}

class Relay implements RelayStream {
  readonly meter = newMeter();
  failure: GatewayError | undefined;

  readonly #context: RelayContext;
  readonly #known: ReadonlySet<string>;
  readonly #choices = new Map<number, RelayChoice>();
  #templates: Template[] = [];
  #learnt = 0;
  #done = false;
  #sawFrame = false;
  /** Unknown members of frames that say nothing: they ride on the next frame that leaves. */
  #carried: JsonObject | undefined;
  #rawUsage: JsonObject | undefined;
  /** The last frame that named its sources apart: they are told once, at the end. */
  #sources: JsonObject | undefined;

  constructor(context: RelayContext) {
    this.#context = context;
    const wrapper = context.host.quirks.usageWrapper;
    this.#known = new Set(wrapper === undefined ? OURS : [...OURS, wrapper]);
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
    if (this.#done || this.failure) return '';
    const text = data.length > SSE_DONE.length + 8 ? data : data.trim();
    if (text === SSE_DONE) this.#done = true;
    // An event with an empty body is a keep-alive of some proxies.
    if (text === SSE_DONE || text === '') return '';
    return this.#pushParsed(data, event);
  }

  skim(text: string, at: number, out: string[]): number {
    let next = at;
    for (let before = -1; before !== next; ) {
      before = next;
      for (const template of this.#templates) {
        const from = next;
        const written = out.length;
        next = template.skim(text, from, out);
        const events = (out.length - written) / template.piecesPerEvent;
        this.meter.deliveredCharacters += next - from - events * (template.skeletonLength + EVENT_FRAMING);
      }
    }
    return next;
  }

  end(reason: EndReason): { readonly text: string; readonly outcome: Outcome } {
    if (this.failure) return { text: '', outcome: this.failure };
    const outcome = this.#outcomeOf(reason);
    if (outcome !== 'complete') return { text: '', outcome };
    const citations = this.#sources ? citationsOf(this.#sources) : [];
    let text = '';
    for (const choice of this.#choices.values()) {
      const { value, finishReason, nativeFinishReason } = choice.end(citations);
      this.meter.finishReason = finishReason;
      this.meter.nativeFinishReason = nativeFinishReason;
      text += this.#frame([value], undefined);
    }
    return { text, outcome };
  }

  final(settled: SettledUsage): string {
    const frame: MutableJsonObject = {
      ...frameOf(this.#context, [], this.#carried),
      usage: { ...this.#rawUsage, ...encodeUsage(settled) },
    };
    if (settled.routerMetadata) frame['openrouter_metadata'] = settled.routerMetadata;
    return `data: ${JSON.stringify(frame)}\n\ndata: ${SSE_DONE}\n\n`;
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    return encodeErrorFrame(error, this.#context.head, routerMetadata);
  }

  #outcomeOf(reason: EndReason): Outcome {
    return proveEnd(reason, {
      choices: [...this.#choices.values()],
      isTerminated: this.#done,
      hasBegun: this.#sawFrame,
      providerName: this.#context.host.providerName,
    });
  }

  #pushParsed(data: string, event: string | undefined): string {
    const raw = tryParseJson(data);
    if (raw === undefined) return this.#refuse(`a stream event that is not JSON: ${data.slice(0, 200)}`);
    if (!isJsonObject(raw)) return this.#refuse('a stream event that is no object');
    this.#sawFrame = true;
    this.#readUsage(raw);
    const failed = this.#errorIn(raw, event);
    if (failed) {
      this.failure = decodeErrorValue(failed, this.#context);
      return '';
    }
    this.#readHead(raw);
    const unknown = withTierServed(this.#withWrapper(raw, unknownMembers(raw, this.#known)));
    const pieces = this.#piecesOf(raw);
    if (pieces.length === 0) {
      if (unknown) this.#carried = { ...this.#carried, ...unknown };
      return '';
    }
    this.#learn(data, raw, pieces, unknown);
    return this.#frame(
      pieces.map(({ value }) => value),
      unknown,
    );
  }

  #refuse(what: string): string {
    const { providerName } = this.#context.host;
    this.failure = new GatewayError('provider.bad_answer', `${providerName} sent ${what}`, { providerName });
    return '';
  }

  /** The object that says what went wrong, or undefined where nothing did. */
  #errorIn(raw: JsonObject, event: string | undefined): JsonObject | undefined {
    if (event === 'error' || carriesError(raw)) return raw;
    // Groq puts errors where it puts usage.
    const wrapped = this.#wrapped(raw);
    return wrapped && carriesError(wrapped) ? wrapped : undefined;
  }

  #wrapped(raw: JsonObject): JsonObject | undefined {
    const wrapper = this.#context.host.quirks.usageWrapper;
    return wrapper === undefined ? undefined : objectAt(raw, wrapper);
  }

  /** What else stands where the host puts usage is as unknown as any other member. */
  #withWrapper(raw: JsonObject, unknown: MutableJsonObject | undefined): MutableJsonObject | undefined {
    const wrapper = this.#context.host.quirks.usageWrapper;
    const wrapped = this.#wrapped(raw);
    const kept = wrapped && unknownMembers(wrapped, TOLD_ELSEWHERE);
    return wrapper === undefined || !kept ? unknown : { ...unknown, [wrapper]: kept };
  }

  #readHead(raw: JsonObject): void {
    // The first frame can be about the prompt only, with an empty id (Azure).
    this.meter.upstreamId ??= stringAt(raw, 'id') || undefined;
    this.meter.serviceTier = tierServed(stringAt(raw, 'service_tier') ?? '') || this.meter.serviceTier;
    if (raw['citations'] !== undefined || raw['search_results'] !== undefined) this.#sources = raw;
  }

  /** The last usage counts: several hosts send a running one on every frame. */
  #readUsage(raw: JsonObject): void {
    const wrapped = this.#wrapped(raw);
    const usage = objectAt(raw, 'usage') ?? (wrapped && objectAt(wrapped, 'usage')) ?? usageOfChoice(raw);
    const decoded = usage && decodeUsage(usage, this.#context.host);
    if (!decoded) return;
    this.meter.usage = decoded;
    this.#rawUsage = usage;
  }

  #piecesOf(raw: JsonObject): readonly RelayedPiece[] {
    const { choices } = raw;
    if (!isJsonArray(choices)) return [];
    return choices.flatMap((choice, at) => {
      const piece = isJsonObject(choice) && this.#choiceAt(numberAt(choice, 'index') ?? at).push(choice, this.meter);
      return piece ? [piece] : [];
    });
  }

  #choiceAt(index: number): RelayChoice {
    const known = this.#choices.get(index);
    if (known) return known;
    const choice = new RelayChoice(index, this.#context);
    this.#choices.set(index, choice);
    return choice;
  }

  #frame(choices: readonly JsonObject[], unknown: JsonObject | undefined): string {
    const carried = this.#carried;
    this.#carried = undefined;
    const members = carried ? { ...carried, ...unknown } : unknown;
    return `data: ${JSON.stringify(frameOf(this.#context, choices, members))}\n\n`;
  }

  /** Remembers the skeleton of a frame that says nothing but a piece of text. */
  #learn(data: string, raw: JsonObject, pieces: readonly RelayedPiece[], unknown: JsonObject | undefined): void {
    const [piece] = pieces;
    if (this.#learnt >= MAX_LEARNT || pieces.length !== 1 || !piece?.isExact) return;
    if (this.#carried || this.#wrapped(raw) || objectAt(raw, 'usage') || usageOfChoice(raw)) return;
    const field = onlyText(raw);
    if (!field) return;
    const probed = frameOf(this.#context, [withProbe(piece.value, field)], unknown);
    const template = learnTemplate(data, field, `data: ${JSON.stringify(probed)}\n\n`);
    if (!template) return;
    this.#learnt++;
    this.#templates = [template, ...this.#templates].slice(0, MAX_TEMPLATES);
  }
}

const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(['usage', 'error']);

/** Moonshot's place for it. */
function usageOfChoice(raw: JsonObject): JsonObject | undefined {
  const first = isJsonArray(raw['choices']) ? raw['choices'][0] : undefined;
  return isJsonObject(first) ? objectAt(first, 'usage') : undefined;
}
