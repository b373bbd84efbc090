/**
 * Which request parameters an endpoint honours: what its grammar can say (docs/sources.md), cut to what the model can do
 * and what the host is known to refuse (docs/sources.md).
 */
import type { Capability } from './rows.ts';

/** Refused together by models that allow no control of sampling. */
const SAMPLING = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'top_a',
  'repetition_penalty',
  'frequency_penalty',
  'presence_penalty',
];
/** What OpenAI's reasoning models refuse besides. */
const REFUSED_BY_OPENAI_REASONING = ['logit_bias', 'logprobs', 'top_logprobs', 'stop'];

/** Parameters of single families, in OpenAI's grammars. */
const BY_FAMILY: readonly (readonly [RegExp, string])[] = [
  [/^openai\/gpt-[5-9]/, 'verbosity'],
  [/^openai\/gpt-4(o|\.1)/, 'prediction'],
];

/** What the chat grammars without a vendor's own idea of sampling have in common. */
const USUAL = ['max_tokens', 'temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'seed', 'stop'];

const ALWAYS_BY_DIALECT: Readonly<Record<string, readonly string[]>> = {
  'openai-chat': [...USUAL, 'logit_bias', 'logprobs', 'top_logprobs', 'response_format'],
  // Log probabilities are asked for under `include` there: https://platform.openai.com/docs/api-reference/responses/create
  'openai-responses': ['max_tokens', 'temperature', 'top_p', 'logprobs', 'top_logprobs', 'response_format'],
  // JSON without a schema is asked for in words, so `response_format` is always honoured.
  'anthropic-messages': ['max_tokens', 'temperature', 'top_p', 'top_k', 'stop', 'response_format'],
  gemini: [...USUAL, 'top_k', 'logprobs', 'top_logprobs', 'response_format'],
  'bedrock-converse': ['max_tokens', 'temperature', 'top_p', 'top_k', 'stop', 'response_format'],
  cohere: [...USUAL, 'top_k', 'logprobs', 'response_format'],
  ollama: [...USUAL, 'top_k', 'min_p', 'repetition_penalty', 'response_format'],
  'openai-completions': [...USUAL, 'logit_bias', 'logprobs', 'top_logprobs'],
};

/** Grammars in which a call can say "one tool at a time". */
const PARALLEL_SWITCH = new Set(['openai-chat', 'openai-responses', 'anthropic-messages']);
/** What hosts of open weights (vLLM and its kin) take beyond OpenAI's own list. */
const EXTRA_SAMPLING = ['top_k', 'min_p', 'repetition_penalty'];

export interface ParameterFlags {
  readonly can: readonly Capability[];
  /** Public id: some parameters belong to one family. */
  readonly modelId?: string;
  /** False where the model takes no sampling controls, whatever the host says. */
  readonly sampling?: boolean;
  /** True where it holds no conversation: embeddings, rerank, moderation. */
  readonly isWhole?: boolean;
  readonly host?: HostParameters;
}

/** What is particular about a host. */
export interface HostParameters {
  readonly extraSampling?: boolean | undefined;
  readonly with?: readonly string[] | undefined;
  readonly without?: readonly string[] | undefined;
  readonly withoutWhenReasoning?: readonly string[] | undefined;
}

/**
 * In OpenRouter's names (the `Parameter` enum), sorted. An unknown dialect is taken for openai-chat, the common one.
 * What is absent here is dropped from requests with a note, so only what is known to be refused is left out.
 */
export function supportedParametersFor(dialectId: string, flags: ParameterFlags): readonly string[] {
  if (flags.isWhole) return [];
  const { can, host, modelId = '' } = flags;
  const parameters = new Set(ALWAYS_BY_DIALECT[dialectId] ?? ALWAYS_BY_DIALECT['openai-chat']);
  const add = (...names: readonly string[]): void => {
    for (const name of names) parameters.add(name);
  };
  const remove = (names: readonly string[] = []): void => {
    for (const name of names) parameters.delete(name);
  };
  if (host?.extraSampling) add(...EXTRA_SAMPLING);
  if (can.includes('tools')) {
    add('tools', 'tool_choice');
    if (PARALLEL_SWITCH.has(dialectId)) add('parallel_tool_calls');
  }
  if (can.includes('structured')) add('structured_outputs', 'response_format');
  if (can.includes('reasoning')) add('reasoning', 'include_reasoning', 'reasoning_effort');
  if (dialectId.startsWith('openai-')) for (const [family, name] of BY_FAMILY) if (family.test(modelId)) add(name);
  add(...(host?.with ?? []));
  if (!can.includes('sampling') || flags.sampling === false) {
    remove(SAMPLING);
    if (modelId.startsWith('openai/')) remove(REFUSED_BY_OPENAI_REASONING);
  }
  if (can.includes('reasoning')) remove(host?.withoutWhenReasoning);
  remove(host?.without);
  return [...parameters].sort();
}
