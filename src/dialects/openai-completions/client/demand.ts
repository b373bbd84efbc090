/** What routing and admission read of a completions request. */
import type { Demand, Opening } from '../../../core/demand.ts';
import type { JsonObject } from '../../../core/json.ts';
import { modelsOf, pluginsOf, preferencesOf } from '../../shared/gateway/fields.ts';
import { readableText, tokenCount } from '../prompt.ts';
import type { WireCompletionRequest } from '../wire-types.ts';

/** Wire fields that are named among `supported_parameters`, and under which name. */
const PARAMETER_NAMES: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  min_p: 'min_p',
  top_a: 'top_a',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
  repetition_penalty: 'repetition_penalty',
  logit_bias: 'logit_bias',
  logprobs: 'logprobs',
  seed: 'seed',
  stop: 'stop',
  reasoning: 'reasoning',
  reasoning_effort: 'reasoning',
  include_reasoning: 'include_reasoning',
  web_search_options: 'web_search_options',
};

const CHARACTERS_PER_TOKEN = 4;

export function demandOf(wire: WireCompletionRequest): Demand {
  const source: JsonObject = wire;
  return {
    models: modelsOf(source),
    preferences: preferencesOf(source),
    stream: wire.stream === true,
    parameters: parametersOf(wire),
    inputModalities: [],
    outputModalities: ['text'],
    maxOutputTokens: wire.max_tokens ?? null,
    promptTokensEstimate: Math.ceil(readableText(wire).length / CHARACTERS_PER_TOKEN) + tokenCount(wire),
    sessionId: wire.session_id ?? null,
    promptCacheKey: wire.prompt_cache_key ?? null,
    marksCache: false,
    user: wire.user ?? null,
    hasTools: false,
    serviceTier: wire.service_tier ?? null,
    plugins: pluginsOf(source),
  };
}

function parametersOf(wire: WireCompletionRequest): readonly string[] {
  const names = new Set<string>();
  for (const [field, name] of Object.entries(PARAMETER_NAMES)) {
    if (wire[field] !== undefined && wire[field] !== null) names.add(name);
  }
  if (wire.logprobs) names.add('top_logprobs');
  return [...names];
}

/** The same request without these parameters, under every field that says them. */
export function withoutParameters(wire: WireCompletionRequest, parameters: readonly string[]): WireCompletionRequest {
  const kept = { ...wire };
  for (const [field, parameter] of Object.entries(PARAMETER_NAMES)) {
    if (parameters.includes(parameter) && field in kept) delete kept[field];
  }
  // The chances of the tokens themselves are still to be had.
  if (kept.logprobs && parameters.includes('top_logprobs')) kept.logprobs = 0;
  return kept;
}

export function openingOf(wire: WireCompletionRequest): Opening {
  const text = readableText(wire);
  return { system: '', first: text, last: text, lastModel: '' };
}
