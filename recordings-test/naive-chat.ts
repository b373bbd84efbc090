/**
 * A second reader of chat replies, as plain as can be and sharing nothing with the dialect: what the tests compare with.
 * It knows the recordings' forms, not the grammar's rules.
 */
import type { Json, JsonObject } from '../src/core/json.ts';

export interface NaiveChoice {
  readonly index: number;
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly (readonly [name: string, args: string])[];
  readonly finish: string;
}

export interface NaiveUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
  readonly cached: number;
}

export interface NaiveAnswer {
  readonly choices: readonly NaiveChoice[];
  readonly usage: NaiveUsage | null;
  readonly hasError: boolean;
  readonly isTerminated: boolean;
  /** Every choice named its finish, or the terminator came after something. */
  readonly isProved: boolean;
  readonly frames: readonly JsonObject[];
}

interface Draft {
  readonly index: number;
  text: string;
  reasoning: string;
  readonly calls: { readonly id: string; readonly slot: Json | undefined; readonly name: string; args: string }[];
  finish: string;
}

/** `get(value, 'a', 0, 'b')`: the member at the end of the path, or undefined. */
function get(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([key]) => key === String(step))?.[1];
  }
  return at;
}
function listAt(value: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] {
  const found = get(value, ...path);
  return Array.isArray(found) ? found : [];
}
function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string {
  const found = get(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** An SSE body, line by line. */
export function readNaively(body: string): NaiveAnswer {
  const frames: JsonObject[] = [];
  let isTerminated = false;
  for (const line of body.split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data:')) continue;
    const data = line.slice(5).trim();
    isTerminated = data === '[DONE]';
    if (isTerminated) break;
    try {
      frames.push(JSON.parse(data));
    } catch {
      // The cut end of a body.
    }
  }
  const drafts: Draft[] = [];
  let usage: Json = null;
  for (const frame of frames) {
    usage = get(frame, 'usage') ?? get(frame, 'x_groq', 'usage') ?? get(frame, 'choices', 0, 'usage') ?? usage;
    for (const choice of listAt(frame, 'choices')) {
      const index = Number(get(choice, 'index') ?? 0);
      let draft = drafts.find((known) => known.index === index);
      if (!draft) {
        draft = { index, text: '', reasoning: '', calls: [], finish: '' };
        drafts.push(draft);
      }
      addDelta(draft, get(choice, 'delta'));
      draft.finish = textAt(choice, 'finish_reason') || draft.finish;
    }
  }
  drafts.sort((a, b) => a.index - b.index);
  const hasContent = drafts.some((draft) => draft.text || draft.reasoning || draft.calls.length > 0 || draft.finish);
  return {
    choices: drafts.map(finishDraft),
    usage: readUsage(usage),
    hasError: frames.some((frame) => Boolean(get(frame, 'error'))),
    isTerminated,
    isProved: (drafts.length > 0 && drafts.every((draft) => draft.finish)) || (isTerminated && hasContent),
    frames,
  };
}

/** A whole body. */
export function readNaivelyWhole(body: Json): NaiveAnswer {
  const drafts = listAt(body, 'choices').map((choice, at) => {
    const index = Number(get(choice, 'index') ?? at);
    const draft: Draft = { index, text: '', reasoning: '', calls: [], finish: textAt(choice, 'finish_reason') };
    addDelta(draft, get(choice, 'message'));
    return draft;
  });
  return {
    choices: drafts.map(finishDraft),
    usage: readUsage(get(body, 'usage')),
    hasError: Boolean(get(body, 'error')),
    isTerminated: true,
    isProved: drafts.length > 0,
    frames: [],
  };
}

function addDelta(draft: Draft, delta: Json | undefined): void {
  let thinking = '';
  draft.text += textAt(delta, 'content');
  for (const part of listAt(delta, 'content')) {
    draft.text += textAt(part, 'text');
    for (const piece of listAt(part, 'thinking')) thinking += textAt(piece, 'text');
  }
  let details = '';
  for (const detail of listAt(delta, 'reasoning_details'))
    details += textAt(detail, 'text') || textAt(detail, 'summary');
  draft.reasoning += textAt(delta, 'reasoning') || textAt(delta, 'reasoning_content') || thinking || details;
  for (const call of listAt(delta, 'tool_calls')) addCall(draft, call);
  if (textAt(delta, 'function_call', 'name')) addCall(draft, { function: get(delta, 'function_call') });
}

function addCall(draft: Draft, call: Json): void {
  const id = textAt(call, 'id');
  const slot = get(call, 'index');
  const name = textAt(call, 'function', 'name');
  const raw = get(call, 'function', 'arguments') ?? '';
  const args = typeof raw === 'string' ? raw : JSON.stringify(raw);
  const sameId = draft.calls.find((known) => id && known.id === id);
  const sameSlot = draft.calls.find((known) => slot !== undefined && known.slot === slot);
  const target = sameId ?? (name && id ? undefined : sameSlot);
  if (target) target.args += args;
  else draft.calls.push({ id, slot, name, args });
}

const FINISH: Readonly<Record<string, string>> = { '': 'stop', function_call: 'tool_calls', tool_call: 'tool_calls' };

function finishDraft(draft: Draft): NaiveChoice {
  const { index, text, reasoning } = draft;
  const calls = draft.calls.map((call) => [call.name, call.args] as const);
  const finish = FINISH[draft.finish] ?? draft.finish;
  return { index, text, reasoning, calls, finish: finish === 'stop' && calls.length > 0 ? 'tool_calls' : finish };
}

function readUsage(usage: Json | undefined): NaiveUsage | null {
  if (!usage) return null;
  const cached =
    get(usage, 'prompt_tokens_details', 'cached_tokens') ??
    get(usage, 'prompt_cache_hit_tokens') ??
    get(usage, 'cached_tokens') ??
    get(usage, 'num_cached_tokens') ??
    get(usage, 'cache_read_input_tokens') ??
    0;
  return {
    prompt: Number(get(usage, 'prompt_tokens')),
    completion: Number(get(usage, 'completion_tokens')),
    total: Number(get(usage, 'total_tokens')),
    cached: Number(cached),
  };
}
