/** Parameters that small grammars have no field for: each is a note. */
import type { ChatRequest } from '../../../core/chat.ts';
import { isPricedApart } from '../gateway/service-tier.ts';
import type { Notebook } from '../notebook.ts';

const NO_FIELD = 'The endpoint has no such parameter.';

/** Who asks and what for, how to cache, how to serve: what asks for nothing in particular needs no note. */
export function noteUnsaid(request: ChatRequest, notes: Notebook): void {
  const { user, metadata, verbosity, promptCacheKey, modalities, serviceTier, cacheControl, tools } = request;
  const unsaid = {
    user,
    metadata: metadata && Object.keys(metadata).length > 0 ? metadata : undefined,
    verbosity,
    prompt_cache_key: promptCacheKey,
    modalities: modalities?.some((modality) => modality !== 'text') ? modalities : undefined,
    service_tier: serviceTier !== undefined && isPricedApart(serviceTier) ? serviceTier : undefined,
  };
  for (const [field, value] of Object.entries(unsaid)) {
    if (value !== undefined) notes.add('parameter.dropped', field, NO_FIELD);
  }
  if (cacheControl || tools.some((tool) => tool.cacheControl)) noteCacheMark('cache_control', notes);
}

/** One note for all marks of a request: they stand on every part. */
export function noteCacheMark(field: string, notes: Notebook): void {
  notes.once('cache', 'parameter.dropped', field, 'Prompts are cached here without being asked.');
}
