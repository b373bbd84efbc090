/**
 * Folding a stream's events into a whole reply and unfolding a whole reply into events, so that a host that answers a
 * stream request with a whole reply, or the reverse, is normalised in one place.
 */
import { blocksOf } from './blocks.ts';
import type { AudioOutput, ChatResponse, Choice, FinishReason, ReasoningDetail, Run, ToolCall } from './chat.ts';
import type { ChatEvent } from './chat-events.ts';
import type { Json } from './json.ts';
import type { Usage } from './usage.ts';

interface ChoiceDraft {
  content: string | null;
  reasoning: string | null;
  reasoningDetails: ReasoningDetail[];
  toolCalls: ({ id: string; name: string; arguments: string; custom?: true } | undefined)[];
  order: { of: Run['of']; count: number }[];
  refusal: string | null;
  images: string[];
  audio: AudioOutput | undefined;
  annotations: Json[];
  logprobs: LogprobsDraft | undefined;
  finishReason: FinishReason | null;
  nativeFinishReason: string | null;
}

interface LogprobsDraft {
  /** The only piece so far, or what cannot be joined. */
  readonly said: Json;
  /** Several pieces: their members and all tokens, grown in place, as there may be hundreds of thousands. */
  joined?: { readonly members: object; readonly tokens: Json[] };
}

function newDraft(): ChoiceDraft {
  return {
    content: null,
    reasoning: null,
    reasoningDetails: [],
    toolCalls: [],
    order: [],
    refusal: null,
    images: [],
    audio: undefined,
    annotations: [],
    logprobs: undefined,
    finishReason: null,
    nativeFinishReason: null,
  };
}

/** Collects events; `response()` gives the whole reply at any time. */
export interface ChatFold {
  push(event: ChatEvent): void;
  response(): ChatResponse;
}

export function openFold(): ChatFold {
  const drafts = new Map<number, ChoiceDraft>();
  let start: Extract<ChatEvent, { type: 'response-start' }> | undefined;
  let usage: Usage | undefined;
  const draftOf = (choice: number): ChoiceDraft => {
    const known = drafts.get(choice);
    if (known) return known;
    const draft = newDraft();
    drafts.set(choice, draft);
    return draft;
  };
  return {
    push(event) {
      switch (event.type) {
        case 'response-start':
          start = { ...start, ...event };
          return;
        case 'usage':
          usage = event.usage;
          return;
        case 'error':
          return;
        default:
          applyToChoice(draftOf(event.choice), event);
      }
    },
    response() {
      const { type: _, ...head } = start ?? { type: 'response-start' };
      return {
        ...head,
        choices: [...drafts].sort(([a], [b]) => a - b).map(([index, draft]) => finishDraft(index, draft)),
        ...(usage && { usage }),
      };
    },
  };
}

type ChoiceEvent = Exclude<ChatEvent, { type: 'response-start' | 'usage' | 'error' }>;

function applyToChoice(draft: ChoiceDraft, event: ChoiceEvent): void {
  switch (event.type) {
    case 'text-delta':
      draft.content = (draft.content ?? '') + event.text;
      grow(draft, 'content', event.text.length);
      if (event.logprobs !== undefined) addLogprobs(draft, event.logprobs);
      return;
    case 'reasoning-delta':
      foldReasoning(draft, event);
      return;
    case 'refusal-delta':
      draft.refusal = (draft.refusal ?? '') + event.text;
      return;
    case 'tool-call-start':
      draft.toolCalls[event.index] = {
        id: event.id,
        name: event.name,
        arguments: '',
        ...(event.custom && { custom: event.custom }),
      };
      grow(draft, 'tools', 1);
      return;
    case 'tool-call-delta': {
      const call = draft.toolCalls[event.index];
      if (call) call.arguments += event.arguments;
      return;
    }
    case 'image-delta':
      draft.images.push(event.url);
      return;
    case 'audio-delta':
      draft.audio = joinAudio(draft.audio, event.audio);
      return;
    case 'annotation-delta':
      for (const annotation of event.annotations) draft.annotations.push(annotation);
      return;
    case 'logprobs-delta':
      addLogprobs(draft, event.logprobs);
      return;
    case 'choice-end':
      draft.finishReason = event.finishReason;
      draft.nativeFinishReason = event.nativeFinishReason;
  }
}

function foldReasoning(draft: ChoiceDraft, event: Extract<ChatEvent, { type: 'reasoning-delta' }>): void {
  const before = draft.reasoningDetails.length;
  const hadAny = before > 0 || draft.reasoning !== null;
  if (event.text) draft.reasoning = (draft.reasoning ?? '') + event.text;
  for (const detail of event.details) foldDetail(draft.reasoningDetails, detail);
  // Reasoning that came without details counts as one.
  grow(draft, 'reasoning', draft.reasoningDetails.length - before || (hadAny ? 0 : 1));
}

function grow(draft: ChoiceDraft, of: Run['of'], count: number): void {
  const last = draft.order.at(-1);
  if (count === 0) return;
  if (last?.of === of) last.count += count;
  else draft.order.push({ of, count });
}

/** Whether the runs say more than the usual order does. */
function isUsual(order: readonly Run[]): boolean {
  const rank = { reasoning: 0, content: 1, tools: 2 };
  return order.every(({ of }, at) => at === 0 || rank[order[at - 1]?.of ?? of] < rank[of]);
}

/**
 * Appends a fragment of `reasoning_details`. Fragments of one item share type and index (or id); text and summary
 * concatenate, a signature and encrypted data arrive whole.
 */
export function foldDetail(details: ReasoningDetail[], next: ReasoningDetail): void {
  const at = details.length - 1;
  const last = details[at];
  if (!last || last.type !== next.type || last.index !== next.index || (next.id && last.id && last.id !== next.id)) {
    details.push(next);
    return;
  }
  if (last.type === 'reasoning.text' && next.type === 'reasoning.text') {
    // A text after a signature starts a new block: a signature closes what it signs.
    if (last.signature && next.text) details.push(next);
    else
      details[at] = { ...last, ...next, ...(hasText(last, next) && { text: (last.text ?? '') + (next.text ?? '') }) };
    return;
  }
  if (last.type === 'reasoning.summary' && next.type === 'reasoning.summary') {
    details[at] = { ...last, ...next, summary: last.summary + next.summary };
    return;
  }
  details.push(next);
}

function hasText(a: { readonly text?: string | null }, b: { readonly text?: string | null }): boolean {
  return typeof a.text === 'string' || typeof b.text === 'string';
}

function joinAudio(a: AudioOutput | undefined, b: AudioOutput): AudioOutput {
  return {
    ...a,
    ...b,
    ...((a?.data ?? b.data) !== undefined && { data: (a?.data ?? '') + (b.data ?? '') }),
    ...((a?.transcript ?? b.transcript) !== undefined && { transcript: (a?.transcript ?? '') + (b.transcript ?? '') }),
  };
}

function addLogprobs(draft: ChoiceDraft, next: Json): void {
  const { logprobs } = draft;
  if (!logprobs || !isLogprobs(logprobs.said) || !isLogprobs(next)) {
    draft.logprobs = { said: next };
    return;
  }
  logprobs.joined ??= { members: { ...logprobs.said }, tokens: [...(logprobs.said.content ?? [])] };
  Object.assign(logprobs.joined.members, next);
  for (const token of next.content ?? []) logprobs.joined.tokens.push(token);
}

function logprobsOf({ said, joined }: LogprobsDraft): Json {
  return joined ? { ...joined.members, content: [...joined.tokens] } : said;
}

function isLogprobs(value: Json | undefined): value is { readonly content: readonly Json[] | null } {
  return typeof value === 'object' && value !== null && 'content' in value;
}

function finishDraft(index: number, draft: ChoiceDraft): Choice {
  const toolCalls: ToolCall[] = draft.toolCalls.filter((call) => call !== undefined);
  return {
    index,
    content: draft.content,
    reasoning: draft.reasoning,
    reasoningDetails: draft.reasoningDetails,
    toolCalls,
    refusal: draft.refusal,
    images: draft.images,
    ...(draft.audio && { audio: draft.audio }),
    annotations: draft.annotations,
    ...(draft.logprobs && { logprobs: logprobsOf(draft.logprobs) }),
    finishReason: draft.finishReason,
    nativeFinishReason: draft.nativeFinishReason,
    ...(!isUsual(draft.order) && { order: draft.order }),
  };
}

/** A whole reply as the events a stream of it would have given. */
export function unfold(response: ChatResponse): ChatEvent[] {
  const { choices, usage, ...head } = response;
  const events: ChatEvent[] = [{ type: 'response-start', ...head }];
  for (const choice of choices) events.push(...unfoldChoice(choice));
  if (usage) events.push({ type: 'usage', usage });
  return events;
}

function unfoldChoice(choice: Choice): ChatEvent[] {
  const events: ChatEvent[] = [];
  const { index } = choice;
  if (choice.order) unfoldInOrder(choice, events);
  else unfoldParts(choice, events);
  if (choice.refusal) events.push({ type: 'refusal-delta', choice: index, text: choice.refusal });
  for (const url of choice.images) events.push({ type: 'image-delta', choice: index, url });
  if (choice.audio) events.push({ type: 'audio-delta', choice: index, audio: choice.audio });
  if (choice.annotations.length > 0) {
    events.push({ type: 'annotation-delta', choice: index, annotations: choice.annotations });
  }
  if (choice.logprobs !== undefined) events.push({ type: 'logprobs-delta', choice: index, logprobs: choice.logprobs });
  if (choice.finishReason) {
    events.push({
      type: 'choice-end',
      choice: index,
      finishReason: choice.finishReason,
      nativeFinishReason: choice.nativeFinishReason ?? choice.finishReason,
    });
  }
  return events;
}

function unfoldParts(choice: Choice, events: ChatEvent[]): void {
  const { index, reasoning, reasoningDetails: details, content, toolCalls } = choice;
  if (reasoning || details.length > 0) {
    events.push({ type: 'reasoning-delta', choice: index, text: reasoning ?? '', details });
  }
  if (content) events.push({ type: 'text-delta', choice: index, text: content });
  for (const [position, call] of toolCalls.entries()) unfoldCall(index, call, position, events);
}

function unfoldInOrder(choice: Choice, events: ChatEvent[]): void {
  const { index } = choice;
  let position = 0;
  for (const block of blocksOf(choice)) {
    if (block.type === 'text') events.push({ type: 'text-delta', choice: index, text: block.text });
    else if (block.type === 'tool-call') unfoldCall(index, block.call, position++, events);
    else {
      const text = block.details.map(readableText).join('');
      events.push({ type: 'reasoning-delta', choice: index, text, details: block.details });
    }
  }
}

function unfoldCall(choice: number, call: ToolCall, index: number, events: ChatEvent[]): void {
  const { id, name, custom } = call;
  events.push({ type: 'tool-call-start', choice, index, id, name, ...(custom && { custom }) });
  if (call.arguments) events.push({ type: 'tool-call-delta', choice, index, arguments: call.arguments });
}

/** What of a detail a reader sees. */
export function readableText(detail: ReasoningDetail): string {
  if (detail.type === 'reasoning.text') return detail.text ?? '';
  return detail.type === 'reasoning.summary' ? detail.summary : '';
}
