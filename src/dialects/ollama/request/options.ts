/** Sampling, limits and what only this grammar has, as `options` (https://docs.ollama.com/modelfile#parameter). */
import type { ChatRequest } from '../../../core/chat.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';

/** Options that a caller may name at the top level, as people who know them do. */
const OWN_OPTIONS: ReadonlySet<string> = new Set([
  'num_ctx',
  'num_keep',
  'num_batch',
  'num_gpu',
  'main_gpu',
  'num_thread',
  'use_mmap',
  'typical_p',
  'repeat_last_n',
  'mirostat',
  'mirostat_tau',
  'mirostat_eta',
  'penalize_newline',
]);

export interface EncodedOptions {
  readonly options: JsonObject;
  /** Names of `extras` that found their place here. */
  readonly taken: ReadonlySet<string>;
}

export function encodeOptions(request: ChatRequest, context: UpstreamContext, notes: Notebook): EncodedOptions {
  const { sampling, extras } = request;
  const { options: given } = extras;
  const own: MutableJsonObject = {};
  for (const [name, value] of Object.entries(extras)) if (OWN_OPTIONS.has(name)) own[name] = value;
  const taken = new Set(Object.keys(own));
  if (isJsonObject(given)) taken.add('options');
  noteMissing(request, notes);
  const { temperature, topP, topK, minP, repetitionPenalty, presencePenalty, frequencyPenalty, seed, stop } = sampling;
  const said = {
    temperature,
    top_p: topP,
    top_k: topK,
    min_p: minP,
    repeat_penalty: repetitionPenalty,
    presence_penalty: presencePenalty,
    frequency_penalty: frequencyPenalty,
    seed,
    stop,
    num_predict: limitOf(request, context, notes),
  };
  const options: MutableJsonObject = { ...own, ...(isJsonObject(given) && given) };
  for (const [name, value] of Object.entries(said)) if (value !== undefined) options[name] = value;
  return { options, taken };
}

function limitOf(
  { maxOutputTokens: wanted }: ChatRequest,
  { traits }: UpstreamContext,
  notes: Notebook,
): number | undefined {
  const most = traits.maxOutputTokens;
  if (wanted === undefined || most === undefined || wanted <= most) return wanted;
  notes.add('parameter.changed', 'max_tokens', `Lowered from ${wanted} to ${most}, the most this endpoint gives.`);
  return most;
}

function noteMissing({ sampling }: ChatRequest, notes: Notebook): void {
  const { topA, logitBias, n } = sampling;
  const missing = { top_a: topA, logit_bias: logitBias, n: n === 1 ? undefined : n };
  for (const [field, value] of Object.entries(missing)) {
    if (value !== undefined) notes.add('parameter.dropped', field, 'The endpoint has no such parameter.');
  }
}
