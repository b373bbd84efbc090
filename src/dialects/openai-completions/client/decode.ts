/** wire → core: a prompt is what a user says, and the rest is sampling. */
import type { ChatRequest, Sampling } from '../../../core/chat.ts';
import { emptyJsonObject } from '../../../core/json.ts';
import type { Translated } from '../../../core/note.ts';
import { decodeReasoning } from '../../shared/gateway/asked-reasoning.ts';
import { sayInChat } from '../prompt.ts';
import { KNOWN_FIELDS, type WireCompletionRequest } from '../wire-types.ts';

const KNOWN: ReadonlySet<string> = new Set(KNOWN_FIELDS);

/** @throws GatewayError `client.invalid_request` for what cannot be said in a chat (see `sayInChat`) */
export function decodeCompletionRequest(wire: WireCompletionRequest): Translated<ChatRequest> {
  const text = sayInChat(wire);
  const reasoning = decodeReasoning(wire);
  const extras = emptyJsonObject();
  for (const field of Object.keys(wire)) {
    const value = wire[field];
    if (!KNOWN.has(field) && value !== undefined && value !== null) extras[field] = value;
  }
  const value: ChatRequest = {
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    tools: [],
    sampling: decodeSampling(wire),
    ...(typeof wire.max_tokens === 'number' && { maxOutputTokens: wire.max_tokens }),
    ...(reasoning && { reasoning }),
    ...(wire.prompt_cache_key && { promptCacheKey: wire.prompt_cache_key }),
    ...(wire.user && { user: wire.user }),
    ...(wire.metadata && { metadata: wire.metadata }),
    ...(wire.service_tier && { serviceTier: wire.service_tier }),
    stream: wire.stream === true,
    options: wire.web_search_options ? { web_search_options: wire.web_search_options } : {},
    extras,
  };
  return { value, notes: [] };
}

function decodeSampling(wire: WireCompletionRequest): Sampling {
  const stop = typeof wire.stop === 'string' ? [wire.stop] : wire.stop;
  const { logprobs } = wire;
  const said = {
    temperature: wire.temperature,
    topP: wire.top_p,
    topK: wire.top_k,
    minP: wire.min_p,
    topA: wire.top_a,
    frequencyPenalty: wire.frequency_penalty,
    presencePenalty: wire.presence_penalty,
    repetitionPenalty: wire.repetition_penalty,
    seed: wire.seed,
    n: wire.n,
  };
  return {
    ...withoutNulls(said),
    // An empty table is what some clients send for none.
    ...(wire.logit_bias && Object.keys(wire.logit_bias).length > 0 && { logitBias: wire.logit_bias }),
    ...(typeof logprobs === 'number' && { logprobs: true }),
    ...(logprobs && { topLogprobs: logprobs }),
    ...(stop && stop.length > 0 && { stop }),
  };
}

type Given<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };

function withoutNulls<T extends object>(members: T): Given<T> {
  const given: Given<T> = {};
  for (const key in members) {
    const value = members[key];
    if (value !== null && value !== undefined) Object.assign(given, { [key]: value });
  }
  return given;
}
