/** `reasoning` → fields in the words of the model's own maker; the grammar itself has none (docs/sources.md). */
import type { ChatRequest, ReasoningRequest } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { ModelTraits } from '../../host.ts';
import { needsThinkingFirst } from '../../shared/claude/ending.ts';
import { encodeReasoning as encodeClaude, type WireThinkingConfig } from '../../shared/claude/thinking.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { effortOf, effortTaken } from '../../shared/upstream/effort.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { WireBlock, WireMessage } from '../wire-types.ts';

export interface EncodedReasoning {
  /** Go into `additionalModelRequestFields`. */
  readonly fields: JsonObject;
  /** Claude's thinking and effort, which decide about sampling, tools and prefill too. */
  readonly thinking?: WireThinkingConfig;
  readonly effort?: string;
  readonly maxTokens?: number;
  /** The model reasons so hard that it takes neither a limit nor sampling parameters. */
  readonly unbounded?: true;
}

/** From which a share is taken where nobody knows a limit. */
const ASSUMED_MAX_TOKENS = 8192;
/** What every maker's models here know. */
const EFFORTS: readonly string[] = ['low', 'medium', 'high'];

/** @throws GatewayError `client.invalid_request` where reasoning is turned off on a Claude that cannot do without */
export function encodeReasoning(
  request: ChatRequest,
  messages: readonly WireMessage[],
  context: UpstreamContext,
  facts: ModelFacts,
  notes: Notebook,
): EncodedReasoning {
  const maxTokens = chooseMaxTokens(request, context.traits, notes);
  const limit = maxTokens === undefined ? {} : { maxTokens };
  const { reasoning } = request;
  if (facts.family === 'claude') return encodeThinking(reasoning, messages, context.traits, maxTokens, notes);
  if (!reasoning || reasoning.byDefault) return { fields: {}, ...limit };
  const known = context.traits.reasoning?.efforts ?? [];
  const effort = (efforts: readonly string[]): string => nearest(reasoning, maxTokens, efforts, notes);
  switch (facts.family) {
    case 'nova':
      return encodeNova(reasoning, context.upstreamModel, maxTokens, () => effort(EFFORTS), notes);
    case 'gpt-oss':
      return { fields: { reasoning_effort: effort(EFFORTS) }, ...limit };
    case 'openai':
      return { fields: { reasoning: { effort: effort(known.length > 0 ? known : EFFORTS) } }, ...limit };
    case 'open-weight':
      // Recorded for Qwen3; the host's own word for DeepSeek, Kimi and GLM as well. There is none to turn it off.
      if (reasoning.enabled) return { fields: { reasoning_config: effort(EFFORTS) }, ...limit };
      break;
    case 'mistral':
    case 'cohere':
    case 'other':
      break;
  }
  const what = reasoning.enabled ? 'asked for' : 'turned off';
  notes.add('parameter.dropped', 'reasoning', `Reasoning of this model cannot be ${what} at this host.`);
  return { fields: {}, ...limit };
}

function encodeThinking(
  reasoning: ReasoningRequest | undefined,
  messages: readonly WireMessage[],
  traits: ModelTraits,
  maxTokens: number | undefined,
  notes: Notebook,
): EncodedReasoning {
  const limit = maxTokens === undefined ? {} : { maxTokens };
  const share = maxTokens ?? traits.maxOutputTokens ?? ASSUMED_MAX_TOKENS;
  const { thinking, effort, maxTokens: raised } = encodeClaude(reasoning, traits, share, notes);
  if (thinking?.type === 'enabled' && needsThinkingFirst(messages, isResult, isReasoning)) {
    const why = 'A tool loop begun without signed reasoning must go on without it.';
    notes.add('parameter.dropped', 'reasoning', why);
    return { fields: {}, ...limit };
  }
  return {
    fields: thinking ? { thinking } : {},
    ...(thinking && { thinking }),
    ...(effort !== undefined && { effort }),
    // The host's default is the model's highest: only a limit that somebody asked for is sent.
    ...(maxTokens !== undefined && { maxTokens: raised }),
  };
}

const isResult = (block: WireBlock): boolean => 'toolResult' in block;
const isReasoning = (block: WireBlock): boolean => 'reasoningContent' in block;

/** https://docs.aws.amazon.com/nova/latest/nova2-userguide/reasoning-capabilities.html: from Nova 2 on. */
function encodeNova(
  reasoning: ReasoningRequest,
  model: string,
  maxTokens: number | undefined,
  effort: () => string,
  notes: Notebook,
): EncodedReasoning {
  const limit = maxTokens === undefined ? {} : { maxTokens };
  if (!/nova-[2-9]/.test(model)) {
    if (reasoning.enabled) notes.add('parameter.dropped', 'reasoning', 'The model does not reason.');
    return { fields: {}, ...limit };
  }
  if (!reasoning.enabled) return { fields: { reasoningConfig: { type: 'disabled' } }, ...limit };
  let wanted = effort();
  if (wanted === 'high' && maxTokens !== undefined) {
    // High effort is refused together with a limit, and a limit is what the caller is willing to pay.
    wanted = 'medium';
    notes.add('parameter.changed', 'reasoning.effort', 'High effort takes no max_tokens; sent as medium to keep it.');
  }
  const fields = { reasoningConfig: { type: 'enabled', maxReasoningEffort: wanted } };
  return wanted === 'high' ? { fields, unbounded: true } : { fields, ...limit };
}

/** The nearest effort that the model takes. */
function nearest(
  reasoning: ReasoningRequest,
  maxTokens: number | undefined,
  efforts: readonly string[],
  notes: Notebook,
): string {
  const said: Note[] = [];
  const wanted = reasoning.enabled ? effortOf(reasoning, maxTokens) : 'none';
  // Mandatory: there is always an effort to be sent here.
  const taken = effortTaken(wanted, { reasoning: { budget: false, mandatory: true, efforts } }, said);
  for (const { code, field, message } of said) notes.add(code, field, message);
  return taken ?? 'low';
}

/** The caller's limit within the model's. */
function chooseMaxTokens(request: ChatRequest, { maxOutputTokens: highest }: ModelTraits, notes: Notebook) {
  const asked = request.maxOutputTokens;
  if (asked === undefined || highest === undefined || asked <= highest) return asked;
  notes.add(
    'parameter.changed',
    'max_tokens',
    `The model gives at most ${highest} tokens; ${asked} was lowered to it.`,
  );
  return highest;
}

/**
 * Where an effort of Claude's goes: among its own fields, as in its own grammar. Beside a schema both are the grammar's, since
 * the host writes its `output_config` itself then.
 */
export function effortFields(effort: string | undefined, hasSchema: boolean): JsonObject {
  return effort === undefined || hasSchema ? {} : { output_config: { effort } };
}
