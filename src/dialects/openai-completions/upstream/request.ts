/** core → a completions body, for the little of a chat that has one: a user's plain text, asked to be gone on from. */
import type { ChatRequest } from '../../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../../core/json.ts';
import type { Note, Translated } from '../../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../../dialect.ts';
import { type Notebook, openNotebook } from '../../shared/notebook.ts';
import { writeServiceTier } from '../../shared/openai/service-tier-field.ts';
import { withQuirks } from '../../shared/upstream/body-quirks.ts';
import { noteCacheMark } from '../../shared/upstream/unsaid.ts';

/** What of a chat request is no completion, in words. */
export function unsayable(request: ChatRequest): readonly string[] {
  const found = new Set<string>();
  if (request.tools.length > 0) found.add('tools');
  const [message, ...others] = request.messages;
  if (others.length > 0 || message?.role !== 'user') found.add('a conversation (its API completes one text)');
  for (const { content } of request.messages) {
    for (const { type } of content) if (type !== 'text') found.add(type);
  }
  return [...found];
}

export function encodeCompletionRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const notes = openNotebook();
  const tierNotes: Note[] = [];
  const body: MutableJsonObject = {
    model: context.upstreamModel,
    prompt: promptOf(request, notes),
    ...encodeSampling(request, context, notes),
    ...(request.promptCacheKey !== undefined && { prompt_cache_key: request.promptCacheKey }),
    ...(request.user !== undefined && { user: request.user }),
    ...streamMembers(request.stream, context),
  };
  writeServiceTier(body, request.serviceTier, context, tierNotes);
  noteTheRest(request, notes);
  const value = { path: completionsPathOf(context), headers: {}, body: withQuirks(body, context.host, notes) };
  return { value, notes: [...notes.notes, ...tierNotes] };
}

export function completionsPathOf({ host }: UpstreamContext): string {
  return host.quirks.completionsPath ?? '/completions';
}

/** Usage is always asked for: it is what the bill is made of. */
export function streamMembers(stream: boolean, { host }: UpstreamContext): JsonObject {
  if (!stream) return {};
  return { stream, ...(host.quirks.streamOptions !== false && { stream_options: { include_usage: true } }) };
}

function promptOf({ messages }: ChatRequest, notes: Notebook): string {
  const [message] = messages;
  const texts = (message?.content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (message?.content.some(({ cacheControl }) => cacheControl)) noteCacheMark('messages[0].cache_control', notes);
  if (message?.role === 'user' && message.name) {
    notes.add('message.changed', 'messages[0].name', 'A prompt has no speaker; the name was left out.');
  }
  return texts.join('\n');
}

function encodeSampling(
  { sampling, maxOutputTokens }: ChatRequest,
  context: UpstreamContext,
  notes: Notebook,
): JsonObject {
  const most = context.traits.maxOutputTokens ?? maxOutputTokens;
  if (maxOutputTokens !== undefined && most !== undefined && maxOutputTokens > most) {
    notes.add('parameter.changed', 'max_tokens', `Lowered from ${maxOutputTokens} to ${most}, the most it gives.`);
  }
  const said = {
    max_tokens: maxOutputTokens === undefined ? undefined : Math.min(maxOutputTokens, most ?? maxOutputTokens),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    top_a: sampling.topA,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    repetition_penalty: sampling.repetitionPenalty,
    seed: sampling.seed,
    stop: sampling.stop,
    n: sampling.n,
    logit_bias: sampling.logitBias,
    // A number here: of how many others each token's chance is told beside its own.
    logprobs: sampling.logprobs ? (sampling.topLogprobs ?? 0) : undefined,
  };
  const body: MutableJsonObject = {};
  for (const [field, value] of Object.entries(said)) if (value !== undefined) body[field] = value;
  return body;
}

function noteTheRest(request: ChatRequest, notes: Notebook): void {
  const { reasoning, responseFormat, verbosity, metadata, modalities, cacheControl, options, extras } = request;
  const unsaid = {
    reasoning: reasoning && !reasoning.byDefault && reasoning.enabled ? reasoning : undefined,
    response_format: responseFormat && responseFormat.type !== 'text' ? responseFormat : undefined,
    verbosity,
    metadata: metadata && Object.keys(metadata).length > 0 ? metadata : undefined,
    modalities: modalities?.some((modality) => modality !== 'text') ? modalities : undefined,
    ...options,
    ...extras,
  };
  for (const [field, value] of Object.entries(unsaid)) {
    if (value !== undefined && value !== null) {
      notes.add('parameter.dropped', field, 'A completions API has no such parameter.');
    }
  }
  if (cacheControl) noteCacheMark('cache_control', notes);
}
