/**
 * One choice of a relayed stream: what its frames say, in the form that clients take (OpenRouter's API), with
 * every member that nobody knows kept by value. Its end is held back: some hosts name the finish two or three times, or go on
 * talking after it, and the last word counts.
 */
import type { FinishReason } from '../../core/chat.ts';
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type MutableJsonObject,
  objectAt,
  stringAt,
} from '../../core/json.ts';
import type { RelayContext, StreamMeter } from '../dialect.ts';
import { finishWithCalls, toFinishReason } from '../shared/openai/finish-reason.ts';
import { decodeLogprobs } from '../shared/openai/logprobs.ts';
import { encodeImage } from './client-response.ts';
import { audioOf, contentOf, reasoningOf } from './content.ts';
import { placedAt, withIndex, withInnerIndexes } from './list-index.ts';
import { unknownMembers } from './relay-frame.ts';
import { openToolCallRelay, type ToolCallRelay } from './relay-tool-calls.ts';

/** Members of a choice and of its delta that are written by their own rules below. */
const CHOICE_MEMBERS: ReadonlySet<string> = new Set([
  'index',
  'delta',
  'message',
  'text',
  'logprobs',
  'usage',
  'finish_reason',
  'native_finish_reason',
]);
const DELTA_MEMBERS: ReadonlySet<string> = new Set([
  'role',
  'content',
  'reasoning',
  'reasoning_content',
  'reasoning_text',
  'reasoning_details',
  'tool_calls',
  'function_call',
  'images',
  'audio',
  'annotations',
  'refusal',
  'obfuscation',
]);

const NONE_KNOWN: ReadonlySet<string> = new Set();

/** What one frame says of a choice to the client. */
export interface RelayedPiece {
  /** The choice as the client gets it. */
  readonly value: JsonObject;
  /** Whether the value comes from this frame alone, so that another frame of its form has the same value. */
  readonly isExact: boolean;
}

export interface ChoiceEnd {
  readonly value: JsonObject;
  readonly finishReason: FinishReason;
  readonly nativeFinishReason: string;
}

export class RelayChoice {
  readonly index: number;
  isFinished = false;
  /** Whether the host said anything, shown to the client or not. */
  hasSaid = false;
  #saidInDelta = false;
  /** Named once, as OpenAI does: Python's stream helper joins what every piece repeats. */
  #hasRole = false;
  readonly #context: RelayContext;
  readonly #calls: ToolCallRelay;
  readonly #positions = { images: 0, annotations: 0, details: 0 };
  #lastDetail: string | undefined;
  #finishReason: FinishReason = 'stop';
  #nativeFinishReason: string | undefined;
  /** Unknown members of frames that say nothing, and of the last one: they ride on the next piece or the end. */
  #carried: JsonObject | undefined;

  constructor(index: number, context: RelayContext) {
    this.index = index;
    this.#context = context;
    this.#calls = openToolCallRelay(index);
  }

  /** The client's piece, or undefined where the frame has nothing to tell. Counts what came into `meter`. */
  push(raw: JsonObject, meter: StreamMeter): RelayedPiece | undefined {
    const native = stringAt(raw, 'finish_reason');
    if (native) {
      this.isFinished = true;
      this.#finishReason = toFinishReason(native);
      this.#nativeFinishReason = stringAt(raw, 'native_finish_reason') ?? native;
    }
    const delta: MutableJsonObject = this.#hasRole ? { content: '' } : { role: 'assistant', content: '' };
    const told = this.#tell(this.#saidBy(raw), meter, delta);
    const logprobs = decodeLogprobs(raw['logprobs']);
    if (told.isSaid || logprobs !== undefined) this.hasSaid = true;
    if (told.isSaid && objectAt(raw, 'delta')) this.#saidInDelta = true;
    const isExact = this.#hasRole && this.#carried === undefined && !this.isFinished;
    const unknown = unknownMembers(raw, CHOICE_MEMBERS);
    if (unknown) this.#carried = { ...this.#carried, ...unknown };
    if (!told.isShown && logprobs === undefined) return undefined;
    this.#hasRole = true;
    const value: MutableJsonObject = { index: this.index, delta, finish_reason: null, native_finish_reason: null };
    if (logprobs !== undefined) value['logprobs'] = logprobs;
    // What the host says of the end belongs to the frame that names it.
    if (!this.isFinished) Object.assign(value, this.#takeCarried());
    return { value, isExact };
  }

  /** The one frame that names the finish, with what was held back. `citations`: the sources that the host named apart. */
  end(citations: readonly Json[]): ChoiceEnd {
    const delta: MutableJsonObject = this.#hasRole ? { content: '' } : { role: 'assistant', content: '' };
    const calls = this.#calls.flush();
    if (calls.length > 0) delta['tool_calls'] = calls;
    if (citations.length > 0 && this.#positions.annotations === 0) delta['annotations'] = citations.map(withIndex);
    const finishReason = finishWithCalls(this.#finishReason, this.#calls.count > 0);
    const nativeFinishReason = this.#nativeFinishReason ?? finishReason;
    const value = {
      index: this.index,
      delta,
      finish_reason: finishReason,
      native_finish_reason: nativeFinishReason,
      ...this.#takeCarried(),
    };
    return { value, finishReason, nativeFinishReason };
  }

  #takeCarried(): JsonObject | undefined {
    const carried = this.#carried;
    this.#carried = undefined;
    return carried;
  }

  #saidBy(raw: JsonObject): JsonObject {
    const delta = objectAt(raw, 'delta');
    if (delta) return delta;
    const message = objectAt(raw, 'message');
    // A whole message after the pieces repeats them (MiniMax's last frame).
    if (message) return this.#saidInDelta ? {} : message;
    return typeof raw['text'] === 'string' ? { content: raw['text'] } : {};
  }

  /** Writes what the frame says into `delta`, and counts it. */
  #tell(said: JsonObject, meter: StreamMeter, delta: MutableJsonObject) {
    const content = contentOf(said['content']);
    delta['content'] = content.text;
    const reasoning = this.#reasoning(said, content.thinking, delta);
    const refusal = stringAt(said, 'refusal') ?? '';
    if (refusal !== '') delta['refusal'] = refusal;
    const calls = this.#calls.push(callsOf(said), meter.upstreamId);
    if (calls.pieces.length > 0) delta['tool_calls'] = calls.pieces;
    const hasMedia = this.#media(said, content.images, delta);
    const annotations = arrayAt(said, 'annotations') ?? [];
    if (annotations.length > 0) {
      delta['annotations'] = annotations.map((item) => placedAt(item, this.#positions.annotations++));
    }
    // What stands beside reasoning that the caller excluded belongs to it (Groq's `channel`).
    const isHidden = reasoning.isSaid && !reasoning.isShown;
    const unknown = isHidden ? undefined : unknownMembers(said, DELTA_MEMBERS);
    if (unknown) Object.assign(delta, withInnerIndexes(unknown));
    const isContent = content.text !== '' || reasoning.isShown || refusal !== '' || calls.pieces.length > 0 || hasMedia;
    const isShown = isContent || annotations.length > 0 || unknown !== undefined;
    // Reasoning that the caller excluded was received and is billed all the same.
    meter.deliveredCharacters += content.text.length + reasoning.characters + refusal.length + calls.characters;
    calls.tell(this.index, meter.toolCalls);
    if (isContent) meter.hasContent = true;
    return { isSaid: isShown || reasoning.isSaid, isShown };
  }

  #media(said: JsonObject, inContent: readonly string[], delta: MutableJsonObject): boolean {
    const images = [...inContent.map((url) => encodeImage(url, 0)), ...(arrayAt(said, 'images') ?? [])];
    if (images.length > 0) delta['images'] = images.map((image) => placedAt(image, this.#positions.images++));
    const audio = audioOf(said) && objectAt(said, 'audio');
    if (audio) delta['audio'] = unknownMembers(audio, NONE_KNOWN) ?? {};
    return images.length > 0 || audio !== undefined;
  }

  #reasoning(said: JsonObject, thinking: string, delta: MutableJsonObject) {
    const { head, host } = this.#context;
    const format = host.quirks.reasoningFormat ?? 'unknown';
    const reasoning = reasoningOf(said, thinking, format);
    const wire = (arrayAt(said, 'reasoning_details') ?? []).filter(isJsonObject);
    const text = reasoning?.text ?? '';
    const isSaid = text !== '' || wire.length > 0;
    if (head.excludeReasoning || !isSaid) return { characters: text.length, isSaid, isShown: false };
    delta['reasoning'] = text;
    const details = wire.length > 0 ? wire : [{ type: 'reasoning.text', text, format }];
    delta['reasoning_details'] = details.map((detail) => this.#detail(detail));
    return { characters: text.length, isSaid, isShown: true };
  }

  /** Fragments of one item share their index: a detail that brings none belongs to the item before it of its kind. */
  #detail(detail: JsonObject): Json {
    const type = stringAt(detail, 'type') ?? 'reasoning.text';
    if (this.#lastDetail !== undefined && this.#lastDetail !== type) this.#positions.details++;
    this.#lastDetail = type;
    return withIndex({ ...detail, type, format: detail['format'] ?? 'unknown' }, this.#positions.details);
  }
}

/** The calls of a frame; Cohere's relatives send one as an object, old models the `function_call` before there were tools. */
function callsOf(said: JsonObject): readonly JsonObject[] {
  const { tool_calls: wire, function_call: legacy } = said;
  const calls = (isJsonArray(wire) ? wire : [wire]).filter(isJsonObject);
  return calls.length === 0 && isJsonObject(legacy) ? [{ index: 0, function: legacy }] : calls;
}
