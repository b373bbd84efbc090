/** The request's reasoning as this grammar asks for it; used by both lanes. https://platform.openai.com/docs/guides/reasoning */
import type { ReasoningRequest } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { effortOf, effortTaken } from '../../shared/upstream/effort.ts';

/** Without it a conversation that nobody stores loses what the model thought. */
export const ENCRYPTED_REASONING = 'reasoning.encrypted_content';

/**
 * The `reasoning` member, undefined where there is nothing to ask. `exclude` is not sent: the gateway leaves reasoning out of
 * the reply itself.
 */
export function encodeReasoning(
  reasoning: ReasoningRequest,
  maxOutputTokens: number | undefined,
  context: UpstreamContext,
  notes: Note[],
): JsonObject | undefined {
  const { quirks, providerName } = context.host;
  const summary = reasoning.enabled && reasoning.summary ? { summary: reasoning.summary } : {};
  switch (quirks.reasoningStyle) {
    case 'none':
      notes.push({
        code: 'parameter.dropped',
        field: 'reasoning',
        message: `${providerName} has no way to ask for reasoning`,
      });
      return undefined;
    case 'reasoning_object':
      return { ...gatewayObject(reasoning), ...summary };
    default: {
      // Only how to show it was asked: to switch thinking on for that would be billed.
      if (reasoning.byDefault) return reasoning.summary ? summary : undefined;
      const wanted = reasoning.enabled ? effortOf(reasoning, maxOutputTokens) : 'none';
      const effort = effortTaken(wanted, context.traits, notes);
      if (effort === undefined) return undefined;
      // Whoever asks a model to reason is shown what it thought, unless it is to be left out: here summaries must be asked for.
      const isShown = reasoning.enabled && !reasoning.exclude;
      return { effort, ...(isShown && { summary: 'auto' }), ...summary };
    }
  }
}

/** OpenRouter's own words, for a host that is a gateway too. */
function gatewayObject({ enabled, byDefault, effort, maxTokens }: ReasoningRequest): JsonObject {
  if (!enabled) return { enabled: false };
  if (byDefault) return {};
  if (effort) return { effort };
  return maxTokens === undefined ? { enabled: true } : { max_tokens: maxTokens };
}

/** Models that do not reason refuse to be asked for its encryption ("not supported with this model"). */
export function mayReason(reasoning: ReasoningRequest | undefined, { traits }: UpstreamContext): boolean {
  return traits.reasoning !== undefined || (reasoning?.enabled === true && !reasoning.byDefault);
}
