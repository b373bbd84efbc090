/** When the loop of server tools ends, whatever the model wants (OpenRouter's API: `max_tool_calls`, `stop_server_tools_when`). */
import type { ToolCall } from '../core/chat.ts';
import type { NanoUsd } from '../core/money.ts';
import { countOf, type Usage } from '../core/usage.ts';
import type { StopCondition } from '../dialects/shared/server-tools.ts';

/** OpenRouter's own bound. */
export const MOST_STEPS = 30;
const NANO_PER_USD = 1e9;

export interface LoopBounds {
  /** They take the place of `maxCalls` (OpenRouter's API). */
  readonly stopWhen: readonly StopCondition[];
  readonly maxCalls: number | null;
  /** What a usage costs at the endpoint that is asked. */
  readonly costOf: (usage: Usage) => NanoUsd;
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

  /** True where the next step is the last one: calls that are pending are run, then the model answers without tools. */
  finishStep(step: FinishedStep): boolean {
    this.steps++;
    this.#calls += step.calls.length;
    const { stopWhen, maxCalls } = this.#bounds;
    const isOverCalls = stopWhen.length === 0 && maxCalls !== null && this.#calls >= maxCalls;
    this.#isOver =
      this.steps >= MOST_STEPS || isOverCalls || stopWhen.some((condition) => this.#holds(condition, step));
    return this.#isOver;
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
