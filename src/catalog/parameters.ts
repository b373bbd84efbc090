/**
 * Which request parameters an endpoint honours: what its grammar can say (dialects.md §1.1), cut to what the model can do
 * and what the host is known to refuse (dialects.md §9).
 */
import type { Capability } from './rows.ts';

const SAMPLING = ['temperature', 'top_p', 'top_k', 'min_p', 'top_a', 'repetition_penalty'];
/** Refused together with temperature by models that allow no sampling control. */
const REFUSED_WITHOUT_SAMPLING = [
  ...SAMPLING,
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'stop',
];

const ALWAYS_BY_DIALECT: Readonly<Record<string, readonly string[]>> = {
  'openai-chat': [
    'max_tokens',
    'temperature',
    'top_p',
    'frequency_penalty',
    'presence_penalty',
    'seed',
    'stop',
    'logit_bias',
    'logprobs',
    'top_logprobs',
    'response_format',
  ],
  'openai-responses': ['max_tokens', 'temperature', 'top_p', 'top_logprobs', 'response_format'],
  'anthropic-messages': ['max_tokens', 'temperature', 'top_p', 'top_k', 'stop'],
  gemini: [
    'max_tokens',
    'temperature',
    'top_p',
    'top_k',
    'frequency_penalty',
    'presence_penalty',
    'seed',
    'stop',
    'logprobs',
    'top_logprobs',
    'response_format',
  ],
  'bedrock-converse': ['max_tokens', 'temperature', 'top_p', 'top_k', 'stop'],
};

/** Grammars in which a call can say "one tool at a time". */
const PARALLEL_SWITCH = new Set(['openai-chat', 'openai-responses', 'anthropic-messages']);
/** What hosts of open weights (vLLM and its kin) take beyond OpenAI's own list. */
const EXTRA_SAMPLING = ['top_k', 'min_p', 'repetition_penalty'];

export interface ParameterFlags {
  readonly can: readonly Capability[];
  /** The host takes vLLM's extra sampling parameters. */
  readonly extraSampling?: boolean;
  /** The host refuses these. */
  readonly without?: readonly string[];
  /** The model stops sampling controls, whatever the host says. */
  readonly sampling?: boolean;
  readonly embeddings?: boolean;
}

/** In OpenRouter's names (the `Parameter` enum), sorted. An unknown dialect is taken for openai-chat, the common one. */
export function supportedParametersFor(dialectId: string, flags: ParameterFlags): readonly string[] {
  if (flags.embeddings) return [];
  const parameters = new Set(ALWAYS_BY_DIALECT[dialectId] ?? ALWAYS_BY_DIALECT['openai-chat']);
  if (flags.extraSampling) for (const name of EXTRA_SAMPLING) parameters.add(name);
  if (flags.can.includes('tools')) {
    parameters.add('tools').add('tool_choice');
    if (PARALLEL_SWITCH.has(dialectId)) parameters.add('parallel_tool_calls');
  }
  if (flags.can.includes('structured')) parameters.add('structured_outputs').add('response_format');
  if (flags.can.includes('reasoning')) {
    parameters.add('reasoning').add('include_reasoning').add('reasoning_effort');
  }
  if (!flags.can.includes('sampling') || flags.sampling === false) {
    // Claude models without sampling keep stop sequences: theirs are part of the message protocol (dialects.md §3.3).
    const keepsStop = dialectId === 'anthropic-messages' || dialectId === 'bedrock-converse';
    for (const name of REFUSED_WITHOUT_SAMPLING) if (!(name === 'stop' && keepsStop)) parameters.delete(name);
  }
  for (const name of flags.without ?? []) parameters.delete(name);
  return [...parameters].sort();
}
