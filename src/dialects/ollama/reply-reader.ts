/** Reads reply objects, one for a whole reply or one a line for a stream, into core events (https://docs.ollama.com/api/chat). */
import type { FinishReason } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { UpstreamContext } from '../dialect.ts';
import { decodeLogprobs } from '../shared/openai/logprobs.ts';
import { tokenCountAt } from '../shared/upstream/token-count.ts';
import { nineCharacterId } from '../shared/upstream/tool-ids.ts';

const CHOICE = 0;

export class ReplyReader {
  readonly #format: string;
  #hasStarted = false;
  #isDone = false;
  #calls = 0;

  constructor({ host }: UpstreamContext) {
    this.#format = host.quirks.reasoningFormat ?? 'unknown';
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** True once the object came that ends the reply. */
  get isDone(): boolean {
    return this.#isDone;
  }

  read(reply: JsonObject): ChatEvent[] {
    const events: ChatEvent[] = [];
    if (!this.#hasStarted) events.push(startOf(reply));
    this.#hasStarted = true;
    this.#readMessage(objectAt(reply, 'message') ?? {}, reply, events);
    if (reply['done'] !== true) return events;
    this.#isDone = true;
    const native = stringAt(reply, 'done_reason') ?? 'stop';
    const finishReason = toFinishReason(native, this.#calls > 0);
    events.push({ type: 'choice-end', choice: CHOICE, finishReason, nativeFinishReason: native });
    const usage = usageOf(reply);
    if (usage) events.push({ type: 'usage', usage });
    return events;
  }

  #readMessage(message: JsonObject, reply: JsonObject, events: ChatEvent[]): void {
    const thinking = stringAt(message, 'thinking');
    if (thinking) {
      const details = [{ type: 'reasoning.text', text: thinking, format: this.#format, index: 0 }] as const;
      events.push({ type: 'reasoning-delta', choice: CHOICE, text: thinking, details });
    }
    const text = stringAt(message, 'content');
    const content = arrayAt(reply, 'logprobs') ?? [];
    const logprobs = content.length > 0 ? decodeLogprobs({ content }) : undefined;
    if (text) events.push({ type: 'text-delta', choice: CHOICE, text, ...(logprobs && { logprobs }) });
    else if (logprobs) events.push({ type: 'logprobs-delta', choice: CHOICE, logprobs });
    for (const call of arrayAt(message, 'tool_calls') ?? []) {
      if (isJsonObject(call)) this.#readCall(call, stringAt(reply, 'created_at') ?? '', events);
    }
  }

  /** Calls come whole, their arguments as an object. */
  #readCall(call: JsonObject, createdAt: string, events: ChatEvent[]): void {
    const index = this.#calls++;
    const fn = objectAt(call, 'function') ?? {};
    const name = stringAt(fn, 'name') ?? '';
    const written = argumentsOf(fn['arguments']);
    const id = stringAt(call, 'id') || inventedId(createdAt, index, name, written);
    events.push({ type: 'tool-call-start', choice: CHOICE, index, id, name });
    events.push({ type: 'tool-call-delta', choice: CHOICE, index, arguments: written });
  }
}

/** Releases before 0.12.10 name no calls. The same reply always gives the same id, another turn's reply another one. */
function inventedId(createdAt: string, index: number, name: string, written: string): string {
  return `call_${nineCharacterId([createdAt, index, name, written].join('\n'))}`;
}

function argumentsOf(value: Json | undefined): string {
  if (typeof value === 'string') return value === '' ? '{}' : value;
  return JSON.stringify(value ?? {});
}

function startOf(reply: JsonObject): ChatEvent {
  const upstreamModel = stringAt(reply, 'model');
  const createdMs = Date.parse(stringAt(reply, 'created_at') ?? '');
  return {
    type: 'response-start',
    ...(upstreamModel && { upstreamModel }),
    ...(Number.isFinite(createdMs) && { createdSeconds: Math.floor(createdMs / 1000) }),
  };
}

/** `load` and `unload` answer a request without messages: nothing was said, and nothing went wrong. */
function toFinishReason(native: string, hasToolCalls: boolean): FinishReason {
  if (native === 'length') return 'length';
  return hasToolCalls ? 'tool_calls' : 'stop';
}

/** Undefined where the host does not say what the bill needs (a prompt found whole in the cache went uncounted once). */
function usageOf(reply: JsonObject): Usage | undefined {
  const promptTokens = tokenCountAt(reply, 'prompt_eval_count');
  const completionTokens = tokenCountAt(reply, 'eval_count');
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  return { counts: { promptTokens, completionTokens }, estimated: false };
}
