/**
 * `reasoning` as `think`: a level where the model has levels, else on or off. A level that the model does not know is passed
 * over without a word (https://docs.ollama.com/capabilities/thinking), so none is guessed.
 */
import type { ChatRequest, Effort } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { effortOf, effortTaken } from '../../shared/upstream/effort.ts';

/** The one family that cannot be told by a plain yes. */
const LEVELS_OF_GPT_OSS = ['low', 'medium', 'high'] as const;

export function encodeThink(
  request: ChatRequest,
  { traits, upstreamModel }: UpstreamContext,
  notes: Notebook,
): JsonObject {
  const { reasoning, maxOutputTokens } = request;
  if (!reasoning) return {};
  if (reasoning.summary !== undefined) {
    notes.add('parameter.dropped', 'reasoning.summary', 'Thinking is returned as it is, not as a summary.');
  }
  if (reasoning.byDefault) return {};
  if (!reasoning.enabled) return { think: false };
  const efforts = traits.reasoning?.efforts ?? (/gpt-oss/i.test(upstreamModel) ? LEVELS_OF_GPT_OSS : []);
  const isNamed = reasoning.effort !== undefined || reasoning.maxTokens !== undefined;
  if (efforts.length === 0 || !isNamed) {
    if (isNamed)
      notes.add('parameter.changed', fieldOf(reasoning.effort), 'This model thinks or does not; it was told to.');
    return { think: true };
  }
  const wanted = effortOf(reasoning, maxOutputTokens ?? traits.maxOutputTokens);
  const dropped: Parameters<typeof effortTaken>[2] = [];
  const level = effortTaken(wanted, { reasoning: { mandatory: true, budget: false, efforts } }, dropped);
  for (const { code, field, message } of dropped) notes.add(code, field, message);
  if (reasoning.effort === undefined) {
    notes.add(
      'parameter.changed',
      'reasoning.max_tokens',
      `This model takes levels, no budget: "${level}" is nearest.`,
    );
  }
  return { think: level ?? true };
}

function fieldOf(effort: Effort | undefined): string {
  return effort === undefined ? 'reasoning.max_tokens' : 'reasoning.effort';
}
