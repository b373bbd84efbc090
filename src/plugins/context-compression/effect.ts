/** When prompts are compressed, and what is said about it. */
import type { ChatRequest } from '../../core/chat.ts';
import type { Note } from '../../core/note.ts';
import type { PluginEffect, PluginEndpoint, PluginResult, PluginStage } from '../plugin.ts';
import { type Compressed, compress, promptRoom } from './compress.ts';

/** Endpoints with at most this context compress unless the request forbids it (OpenRouter's API). */
export const SHORT_CONTEXT = 8192;

/** How much longer than characters / 4 a prompt may be: text of scripts that take a whole token for a character. */
const ESTIMATE_MARGIN = 4;
/** A message counts at least this many tokens in an estimate. */
const TOKENS_PER_MESSAGE = 4;

export interface PromptSize {
  /** Rough: characters / 4, with what other plugins add. */
  readonly promptTokens: number;
  readonly maxOutputTokens: number | null;
}

/** Fits prompts to endpoints with at most this context. */
export function compressionEffect(upToContext: number, size: PromptSize): PluginEffect {
  const compresses = (endpoint: PluginEndpoint): boolean =>
    !endpoint.contextIsAssumed && endpoint.contextLength <= upToContext && !givesImagesOnly(endpoint);
  return {
    mayEditRequest: (endpoint) => compresses(endpoint) && mayExceed(endpoint, size),
    editRequest: (request, endpoint) =>
      compresses(endpoint) ? resultOf(request, compress(request, endpoint), endpoint) : unchanged(request),
  };
}

/** A prompt for a picture is no conversation (OpenRouter's API). */
function givesImagesOnly({ outputModalities }: PluginEndpoint): boolean {
  return outputModalities.length > 0 && outputModalities.every((modality) => modality === 'image');
}

function mayExceed(endpoint: PluginEndpoint, { promptTokens, maxOutputTokens }: PromptSize): boolean {
  if (promptTokens * ESTIMATE_MARGIN > promptRoom(maxOutputTokens ?? undefined, endpoint)) return true;
  return promptTokens / TOKENS_PER_MESSAGE > (endpoint.maxMessages ?? Number.POSITIVE_INFINITY);
}

function unchanged(request: ChatRequest): PluginResult<ChatRequest> {
  return { value: request, notes: [], stages: [] };
}

function resultOf(before: ChatRequest, compressed: Compressed, { contextLength }: PluginEndpoint) {
  const { request, fits, tokensBefore, tokensAfter, messagesDropped, textsShortened } = compressed;
  if (request === before && fits) return unchanged(before);
  const did = [
    ...(messagesDropped > 0 ? [`left out ${counted(messagesDropped, 'message')} from the middle`] : []),
    ...(textsShortened > 0 ? [`shortened ${counted(textsShortened, 'text')} in the middle`] : []),
  ];
  const action = did.join(' and ') || 'found nothing that may be left out';
  const summary = `${fits ? 'Fitted' : 'Did not fit'} a prompt of about ${tokensBefore} tokens to a context of ${contextLength}: ${action}.`;
  const stage: PluginStage = {
    type: 'context_compression',
    name: 'middle-out',
    summary,
    data: {
      context_length: contextLength,
      tokens_before: tokensBefore,
      tokens_after: tokensAfter,
      messages_dropped: messagesDropped,
      texts_shortened: textsShortened,
      fits,
    },
  };
  const note: Note = {
    code: messagesDropped > 0 ? 'message.dropped' : 'message.changed',
    field: 'messages',
    message: summary,
  };
  return { value: request, notes: request === before ? [] : [note], stages: [stage] };
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
