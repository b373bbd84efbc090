/**
 * The loop of server tools (OpenRouter's API): the model is asked, what it calls of the gateway's own tools is run here and told
 * to it, and it is asked again, until it answers. All steps of an answer are one attempt at one target: to the client and
 * the ledger they are one reply with the usage of all.
 */
import type { AssistantMessage, ChatRequest, ChatResponse, Message, ToolCall, ToolChoice } from '../core/chat.ts';
import type { ChatEvent } from '../core/chat-events.ts';
import { type ChatFold, openFold, unfold } from '../core/fold.ts';
import type { Clock } from '../core/ids.ts';
import type { Json } from '../core/json.ts';
import type { Usage } from '../core/usage.ts';
import type { PluginStage } from '../plugins/plugin.ts';
import type { ConfiguredTool, ToolOutcome } from '../server-tools/tool.ts';
import { tryParseJson } from '../wire/json.ts';
import { type LoopBounds, LoopLimits } from './tool-loop-limits.ts';
import { joinUsage, stepUsage, withCalls } from './tool-loop-usage.ts';

/** A million tokens: what is beyond fits no model. */
const MOST_RESULT_CHARACTERS = 4_000_000;

/** A server tool under the name that the model calls it by. */
export interface OfferedTool {
  readonly name: string;
  readonly type: string;
  readonly tool: ConfiguredTool;
}

export interface ToolLoopOptions {
  /** As it is first sent: with functions in place of the server tools. */
  readonly request: ChatRequest;
  readonly tools: readonly OfferedTool[];
  readonly bounds: LoopBounds;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export class ToolLoop {
  readonly stages: PluginStage[] = [];
  readonly #options: ToolLoopOptions;
  readonly #tools: ReadonlyMap<string, OfferedTool>;
  #request: ChatRequest;
  #limits: LoopLimits;
  #step: Step;
  /** Whole replies: everything that was shown, over all steps. */
  #shown: ChatFold;
  #usage: Usage | undefined;
  #reasoningItems = 0;
  #clientCalls = 0;
  #resultCharacters = 0;

  constructor(options: ToolLoopOptions) {
    this.#options = options;
    this.#tools = new Map(options.tools.map((offered) => [offered.name, offered]));
    this.#request = options.request;
    this.#limits = new LoopLimits(options.bounds);
    this.#step = new Step();
    this.#shown = openFold();
  }

  get first(): ChatRequest {
    return this.#options.request;
  }

  /** The attempt begins anew, with another key of the provider. */
  restart(): void {
    this.#request = this.#options.request;
    this.#limits = new LoopLimits(this.#options.bounds);
    this.#step = new Step();
    this.#shown = openFold();
    this.#usage = undefined;
    this.#reasoningItems = 0;
    this.#clientCalls = 0;
    this.#resultCharacters = 0;
    this.stages.length = 0;
  }

  /** What of an event of this step the client sees: calls of server tools and an end that may not be the last are kept. */
  readonly edit = (event: ChatEvent): readonly ChatEvent[] => {
    this.#step.fold.push(event);
    switch (event.type) {
      case 'response-start':
        return this.#limits.steps === 0 ? [event] : [];
      case 'tool-call-start':
        return this.#startCall(event);
      case 'tool-call-delta': {
        const index = this.#step.clientIndex.get(event.index);
        return index === undefined ? [] : [{ ...event, index }];
      }
      case 'reasoning-delta':
        return [this.#limits.steps === 0 ? event : this.#renumbered(event)];
      case 'choice-end':
        // Only the first choice is gone on with.
        if (event.choice !== 0) return [event];
        this.#step.end = event;
        return [];
      case 'usage':
        // Told at once: an answer that is left in its second step has used the first one, too.
        return [{ type: 'usage', usage: joinUsage(this.#usage, event.usage) }];
      default:
        return [event];
    }
  };

  /** A whole reply of a step: what is shown so far, of all steps. */
  takeWhole(response: ChatResponse): ChatResponse {
    for (const event of unfold(response)) for (const each of this.edit(event)) this.#shown.push(each);
    const spent = this.#usage ? joinUsage(this.#usage, stepUsage(response, this.#request)) : response.usage;
    // Calls that will be left to the caller are told, too: nothing is read after this reply.
    const left = this.#leftToCaller(response.choices[0]?.toolCalls ?? []);
    const usage = spent && left.length > 0 ? withCalls(spent, left.length, 0) : spent;
    if (this.#step.end) this.#shown.push(this.#endOf(this.#step.end));
    return { ...this.#shown.response(), ...(usage && { usage }) };
  }

  /** The end of the last step, once `next` gave null. */
  release(): readonly ChatEvent[] {
    const { end } = this.#step;
    const events: ChatEvent[] = this.#usage ? [{ type: 'usage', usage: this.#usage }] : [];
    return end ? [this.#endOf(end), ...events] : events;
  }

  /**
   * Runs what the step called and gives the request that goes on from it; null where the answer is final.
   * @throws GatewayError of a tool whose service fails
   */
  async next(): Promise<ChatRequest | null> {
    const answered = this.#step.fold.response();
    const [choice] = answered.choices;
    const calls = choice?.toolCalls ?? [];
    const own = calls.filter(({ name }) => this.#tools.has(name));
    // The only step's usage is left to whoever estimates what nobody told.
    if (this.#usage || answered.usage || own.length > 0) {
      this.#usage = joinUsage(this.#usage, stepUsage(answered, this.#request));
    }
    if (!choice || own.length === 0) return null;
    if (this.#leftToCaller(calls).length > 0) {
      this.#leaveToCaller(own);
      return null;
    }
    // Whoever has left wants no further step: what was asked is read to its end, as the host bills it.
    if (this.#options.signal.aborted || !this.#limits.mayGoOn()) return null;
    const { callsLeft } = this.#limits;
    let isLast = this.#limits.finishStep({ calls: own, finishReason: choice.finishReason, usage: this.#usage });
    const run = await Promise.all(own.slice(0, callsLeft).map((call) => this.#run(call)));
    const results = [...run, ...this.#refuse(own.slice(callsLeft))];
    if (this.#resultCharacters > MOST_RESULT_CHARACTERS) {
      this.#limits.end();
      isLast = true;
    }
    this.#usage = this.#usage && withCalls(this.#usage, own.length, run.length);
    const turn: AssistantMessage = {
      role: 'assistant',
      content: choice.content ? [{ type: 'text', text: choice.content }] : [],
      toolCalls: own,
      reasoningDetails: choice.reasoningDetails,
      ...(choice.reasoning !== null && { reasoning: choice.reasoning }),
    };
    this.#reasoningItems += choice.reasoningDetails.length;
    this.#step = new Step();
    this.#request = followUp(this.#request, [turn, ...results], isLast);
    return this.#request;
  }

  #startCall(event: Extract<ChatEvent, { type: 'tool-call-start' }>): readonly ChatEvent[] {
    if (this.#tools.has(event.name)) return [];
    const index = this.#clientCalls++;
    this.#step.clientIndex.set(event.index, index);
    return [{ ...event, index }];
  }

  /** Details of a later step are items of their own. */
  #renumbered(event: Extract<ChatEvent, { type: 'reasoning-delta' }>): ChatEvent {
    const details = event.details.map((detail) => ({ ...detail, index: (detail.index ?? 0) + this.#reasoningItems }));
    return { ...event, details };
  }

  /** An end in calls that nobody sees is the end of the answer. */
  #endOf(end: Extract<ChatEvent, { type: 'choice-end' }>): Extract<ChatEvent, { type: 'choice-end' }> {
    if (end.finishReason !== 'tool_calls' || this.#step.clientIndex.size > 0) return end;
    return { ...end, finishReason: 'stop' };
  }

  /** Calls of server tools that stand beside calls of the caller's own. */
  #leftToCaller(calls: readonly ToolCall[]): readonly ToolCall[] {
    const own = calls.filter(({ name }) => this.#tools.has(name));
    return own.length < calls.length ? own : [];
  }

  /** The caller's tools come first: their results are needed before the model is asked again. */
  #leaveToCaller(own: readonly ToolCall[]): void {
    const summary = 'Called beside tools of the caller and not run: the model may call it again.';
    for (const name of new Set(own.map(({ name }) => name))) {
      this.stages.push({ type: 'server_tools', name: this.#tools.get(name)?.type ?? name, summary });
    }
    this.#usage = this.#usage && withCalls(this.#usage, own.length, 0);
  }

  /** All results go upstream again with each step. */
  #bounded(outcome: ToolOutcome): ToolOutcome {
    this.#resultCharacters += outcome.text.length;
    if (this.#resultCharacters <= MOST_RESULT_CHARACTERS) return outcome;
    return { text: 'Not told: the results so far are too long.', isError: true };
  }

  /** The model is told why, and goes on without. */
  #refuse(calls: readonly ToolCall[]): readonly Message[] {
    const [first] = calls;
    if (!first) return [];
    const summary = `${calls.length} calls were not run: no more are allowed at once.`;
    this.stages.push({ type: 'server_tools', name: this.#tools.get(first.name)?.type ?? first.name, summary });
    return calls.map(({ id, name }) => ({
      role: 'tool',
      toolCallId: id,
      name,
      content: [{ type: 'text', text: 'Not run: no more calls are allowed at once.' }],
      isError: true,
    }));
  }

  async #run(call: ToolCall): Promise<Message> {
    const offered = this.#tools.get(call.name);
    const { clock, signal } = this.#options;
    const input: Json | undefined = call.arguments.trim() === '' ? {} : tryParseJson(call.arguments);
    const outcome = this.#bounded(
      input === undefined || !offered
        ? { text: 'The arguments are no JSON object.', isError: true }
        : await offered.tool.run(input, { nowMs: clock.now(), signal }),
    );
    this.stages.push({
      type: 'server_tools',
      name: offered?.type ?? call.name,
      summary: outcome.isError ? 'The call failed; the model was told why.' : 'The call was run.',
    });
    return {
      role: 'tool',
      toolCallId: call.id,
      name: call.name,
      content: [{ type: 'text', text: outcome.text }],
      ...(outcome.isError && { isError: true }),
    };
  }
}

class Step {
  readonly fold: ChatFold = openFold();
  /** The model's index of a caller's call → its index in the reply. */
  readonly clientIndex = new Map<number, number>();
  end: Extract<ChatEvent, { type: 'choice-end' }> | undefined;
}

/** A choice that forces a call has been met; where no further step is allowed the tools are not to be called. */
function followUp(request: ChatRequest, said: readonly Message[], isLast: boolean): ChatRequest {
  const { toolChoice: asked, ...kept } = request;
  const toolChoice: ToolChoice | undefined = isLast ? { type: 'none' } : asked?.type === 'none' ? asked : undefined;
  return { ...kept, ...(toolChoice && { toolChoice }), messages: [...request.messages, ...said] };
}
