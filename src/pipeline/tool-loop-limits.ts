/** When the loop of server tools ends, whatever the model wants (OpenRouter's API: `max_tool_calls`, `stop_server_tools_when`). */
import type { ToolCall } from '../core/chat.ts';
import type { NanoUsd } from '../core/money.ts';
import { countOf, type Usage } from '../core/usage.ts';
import type { StopCondition } from '../dialects/shared/gateway/server-tools.ts';

/** OpenRouter's own bound. */
export const MOST_STEPS = 30;
/** Calls of one step that are run: no model asks for more at once, and each may be a search that the operator pays for. */
export const MOST_CALLS_AT_ONCE = 16;
const NANO_PER_USD = 1e9;

export interface LoopBounds {
  /** They take the place of `maxCalls` (OpenRouter's API). */
  readonly stopWhen: readonly StopCondition[];
  readonly maxCalls: number | null;
  /** What a usage costs at the endpoint that is asked. */
  readonly costOf: (usage: Usage) => NanoUsd;
  /** What the caller may still spend; null without a limit. All steps are settled as one, at their end. */
  readonly left: () => NanoUsd | null;
}

interface FinishedStep {
  readonly calls: readonly ToolCall[];
  readonly finishReason: string | null;
  /** Of all steps so far. */
  readonly usage: Usage | undefined;
}

export class LoopLimits {
  readonly #bounds: LoopBounds;
  /** Steps whose calls were run. */
  steps = 0;
  #calls = 0;
  #isOver = false;

  constructor(bounds: LoopBounds) {
    this.#bounds = bounds;
  }

  /** False once the step without tools was asked for. */
  mayGoOn(): boolean {
    return !this.#isOver;
  }

  /** How many calls of the next step may be run. */
  get callsLeft(): number {
    const { stopWhen, maxCalls } = this.#bounds;
    if (maxCalls === null || stopWhen.length > 0) return MOST_CALLS_AT_ONCE;
    return Math.min(MOST_CALLS_AT_ONCE, Math.max(0, maxCalls - this.#calls));
  }

  /** True where the next step is the last one: calls that are pending are run, then the model answers without tools. */
  finishStep(step: FinishedStep): boolean {
    this.steps++;
    this.#calls += step.calls.length;
    const { stopWhen, maxCalls } = this.#bounds;
    const isOverCalls = stopWhen.length === 0 && maxCalls !== null && this.#calls >= maxCalls;
    this.#isOver =
      this.steps >= MOST_STEPS ||
      isOverCalls ||
      this.#isSpent(step) ||
      stopWhen.some((condition) => this.#holds(condition, step));
    return this.#isOver;
  }

  /** The next step is the last one. */
  end(): void {
    this.#isOver = true;
  }

  #isSpent({ usage }: FinishedStep): boolean {
    const left = this.#bounds.left();
    return usage !== undefined && left !== null && this.#bounds.costOf(usage) >= left;
  }

  #holds(condition: StopCondition, { calls, finishReason, usage }: FinishedStep): boolean {
    switch (condition.type) {
      case 'step_count_is':
        return this.steps >= condition.stepCount;
      case 'has_tool_call':
        return calls.some(({ name }) => name === condition.toolName);
      case 'max_tokens_used':
        return countOf(usage, 'promptTokens') + countOf(usage, 'completionTokens') >= condition.maxTokens;
      case 'max_cost':
        return usage !== undefined && Number(this.#bounds.costOf(usage)) >= condition.maxCostUsd * NANO_PER_USD;
      case 'finish_reason_is':
        return finishReason === condition.reason;
    }
  }
}
