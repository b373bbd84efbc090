/** The usage of an answer that took several upstream requests. */
import type { ChatRequest, ChatResponse } from '../core/chat.ts';
import type { Usage, UsageCounts } from '../core/usage.ts';

const CHARACTERS_PER_TOKEN = 4;

/** What a finished step used; estimated from its texts where the provider did not say. */
export function stepUsage(answered: ChatResponse, asked: ChatRequest): Usage {
  if (answered.usage) return answered.usage;
  const written = answered.choices.reduce((sum, choice) => {
    const calls = choice.toolCalls.reduce((length, call) => length + call.arguments.length, 0);
    return sum + (choice.content?.length ?? 0) + (choice.reasoning?.length ?? 0) + calls;
  }, 0);
  const promptTokens = Math.ceil(JSON.stringify(asked.messages).length / CHARACTERS_PER_TOKEN);
  return { counts: { promptTokens, completionTokens: Math.ceil(written / CHARACTERS_PER_TOKEN) }, estimated: true };
}

/** The sum of what was used before and of one more request. */
export function joinUsage(before: Usage | undefined, next: Usage): Usage {
  if (!before) return next;
  const requests = [...(before.requests ?? [before.counts]), next.counts];
  const { reportedCostNanoUsd: a } = before;
  const { reportedCostNanoUsd: b } = next;
  return {
    counts: sum(before.counts, next.counts),
    estimated: before.estimated || next.estimated,
    requests,
    ...((a !== undefined || b !== undefined) && { reportedCostNanoUsd: (a ?? 0n) + (b ?? 0n) }),
  };
}

/** The same with calls of server tools counted. */
export function withCalls(usage: Usage, requested: number, executed: number): Usage {
  const counts = sum(usage.counts, { toolCallsRequested: requested, toolCallsExecuted: executed });
  return { ...usage, counts, requests: usage.requests ?? [usage.counts] };
}

function sum(a: UsageCounts, b: UsageCounts): UsageCounts {
  const total = new Map(Object.entries(a));
  for (const [unit, count] of Object.entries(b)) total.set(unit, (total.get(unit) ?? 0) + (count ?? 0));
  return Object.fromEntries(total);
}
