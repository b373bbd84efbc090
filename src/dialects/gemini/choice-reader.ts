/** Reads one candidate's parts, whole or as they stream in, into events; both go the same way, so they cannot differ. */
import type { ReasoningDetail } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { MOST_SEARCHES } from '../shared/upstream/token-count.ts';
import { citationSources, decodeCitations } from './citations.ts';
import { finishReasonOf } from './finish-reason.ts';
import { decodeLogprobs } from './logprobs.ts';
import { openPartialArgs, type PartialArgs } from './partial-args.ts';
import { finishReasonName, REASONING_FORMAT } from './wire-types.ts';

export interface ChoiceReader {
  read(candidate: JsonObject, responseId: string | undefined, events: ChatEvent[]): void;
  /** A piece of text that is all its candidate says. */
  say(text: string): ChatEvent;
  /** The provider's reason, once it was seen. */
  finishName(): string | null;
  /** Queries that grounded the answer. */
  searches(): number;
  /** What can be said only when all of it is here. `fallback`: the reason where the provider gave none. */
  close(fallback: string | null, events: ChatEvent[]): void;
}

interface State {
  readonly choice: number;
  text: string;
  calls: number;
  images: number;
  /** Reasoning details so far: their index. */
  details: number;
  /** Index of the thought under way, which the next thought continues. */
  thought: number | undefined;
  /** Arguments of the call under way. */
  args: PartialArgs | undefined;
  finish: string | null;
  grounding: JsonObject | undefined;
  readonly citations: JsonObject[];
  responseId: string | undefined;
  events: ChatEvent[];
}

export function openChoiceReader(choice: number): ChoiceReader {
  const state: State = {
    choice,
    text: '',
    calls: 0,
    images: 0,
    details: 0,
    thought: undefined,
    args: undefined,
    finish: null,
    grounding: undefined,
    citations: [],
    responseId: undefined,
    events: [],
  };
  return {
    read(candidate, responseId, events) {
      state.events = events;
      state.responseId = responseId;
      for (const part of partsOf(candidate)) readPart(state, part);
      const logprobs = decodeLogprobs(objectAt(candidate, 'logprobsResult'));
      if (logprobs !== undefined) events.push({ type: 'logprobs-delta', choice, logprobs });
      state.finish = finishReasonName(candidate['finishReason']) ?? state.finish;
      state.grounding = objectAt(candidate, 'groundingMetadata') ?? state.grounding;
      for (const source of citationSources(candidate)) state.citations.push(source);
    },
    say(text) {
      state.thought = undefined;
      state.text += text;
      return { type: 'text-delta', choice, text };
    },
    finishName: () => state.finish,
    searches: () => Math.min(arrayAt(state.grounding ?? {}, 'webSearchQueries')?.length ?? 0, MOST_SEARCHES),
    close(fallback, events) {
      state.events = events;
      closeCall(state);
      const annotations = decodeCitations(state.grounding, state.citations, state.text);
      if (annotations.length > 0) events.push({ type: 'annotation-delta', choice, annotations });
      const name = state.finish ?? fallback;
      if (name === null) return;
      const finishReason = finishReasonOf(name, state.calls > 0);
      events.push({ type: 'choice-end', choice, finishReason, nativeFinishReason: name });
    },
  };
}

function readPart(state: State, part: JsonObject): void {
  const signature = stringAt(part, 'thoughtSignature');
  const text = stringAt(part, 'text');
  if (part['thought'] === true && text !== undefined) {
    readThought(state, text, signature);
    return;
  }
  // Anything said after a thought ends it; an empty part says nothing.
  if (text !== '' || signature !== undefined) state.thought = undefined;
  const call = objectAt(part, 'functionCall');
  if (call) {
    readCall(state, call, signature);
    return;
  }
  const media = objectAt(part, 'inlineData') ?? objectAt(part, 'fileData');
  if (media) {
    readMedia(state, media, signature);
    return;
  }
  const said = codeText(part) ?? text;
  // A server tool's call or response (`toolCall`, `toolResponse`): nothing of it is for the reader.
  if (said === undefined) return;
  if (said !== '') {
    state.text += said;
    state.events.push({ type: 'text-delta', choice: state.choice, text: said });
  }
  if (text !== undefined) sign(state, signature, null);
}

function readThought(state: State, text: string, signature: string | undefined): void {
  if (text === '' && signature === undefined) return;
  state.thought ??= state.details++;
  const detail: ReasoningDetail = {
    type: 'reasoning.text',
    text,
    ...(signature !== undefined && { signature }),
    format: REASONING_FORMAT,
    index: state.thought,
  };
  if (signature !== undefined) state.thought = undefined;
  state.events.push({ type: 'reasoning-delta', choice: state.choice, text, details: [detail] });
}

/** A signature as a detail that names its part: a call's id, `image_<n>`, null for text. */
function sign(state: State, signature: string | undefined, id: string | null): void {
  if (signature === undefined) return;
  const index = state.details++;
  const detail: ReasoningDetail = { type: 'reasoning.encrypted', data: signature, id, format: REASONING_FORMAT, index };
  state.events.push({ type: 'reasoning-delta', choice: state.choice, text: '', details: [detail] });
}

/** A call comes whole, or as a name followed by nameless pieces of its arguments until one does not say `willContinue`. */
function readCall(state: State, call: JsonObject, signature: string | undefined): void {
  const name = stringAt(call, 'name');
  if (name !== undefined) {
    closeCall(state);
    const id = stringAt(call, 'id') || callId(state, name);
    // Reasoning before what it led to: other grammars take it in no other order.
    sign(state, signature, id);
    state.events.push({ type: 'tool-call-start', choice: state.choice, index: state.calls++, id, name });
    state.args = openPartialArgs();
  }
  state.args?.apply(call);
  if (call['willContinue'] !== true) closeCall(state);
}

function closeCall(state: State): void {
  if (!state.args) return;
  const { choice, calls } = state;
  state.events.push({ type: 'tool-call-delta', choice, index: calls - 1, arguments: state.args.text() });
  state.args = undefined;
}

/** Sound goes to the audio of the answer, all else to its images, whose address tells the type. */
function readMedia(state: State, media: JsonObject, signature: string | undefined): void {
  const { choice } = state;
  const mimeType = stringAt(media, 'mimeType') ?? 'application/octet-stream';
  const base64 = stringAt(media, 'data') ?? '';
  if (mimeType.startsWith('audio/')) {
    state.events.push({ type: 'audio-delta', choice, audio: { data: base64 } });
    return;
  }
  const url = stringAt(media, 'fileUri') ?? `data:${mimeType};base64,${base64}`;
  state.events.push({ type: 'image-delta', choice, url });
  sign(state, signature, `image_${state.images++}`);
}

function partsOf(candidate: JsonObject): readonly JsonObject[] {
  const content = objectAt(candidate, 'content');
  return (content ? (arrayAt(content, 'parts') ?? []) : []).filter(isJsonObject);
}

/** Code that the provider ran by itself, and what it printed, as fenced text: the answer speaks of them. */
function codeText(part: JsonObject): string | undefined {
  const code = objectAt(part, 'executableCode');
  if (code)
    return `\n\`\`\`${(stringAt(code, 'language') ?? '').toLowerCase()}\n${stringAt(code, 'code') ?? ''}\n\`\`\`\n`;
  const result = objectAt(part, 'codeExecutionResult');
  return result && `\n\`\`\`\n${stringAt(result, 'output') ?? ''}\n\`\`\`\n`;
}

/**
 * Most models name no call. The id must differ from those of earlier turns (other grammars refuse a repeated one) and be
 * the same however the bytes were split, so it is made of the response's id and the call's place.
 */
function callId({ responseId, choice, calls }: State, name: string): string {
  const parts = ['call', ...(responseId ? [responseId] : []), ...(choice > 0 ? [`c${choice}`] : []), `${calls}`, name];
  return parts
    .join('_')
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .slice(0, 64);
}
