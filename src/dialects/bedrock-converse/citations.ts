/** Citations of pages → `url_citation` annotations; those of the caller's own documents have no form in a chat reply. */
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';

/** A citation covers the whole block it stands in: `start` to `end`, in characters of the text so far. */
export function toAnnotations(citations: readonly Json[], start: number, end: number): JsonObject[] {
  return citations.flatMap((citation) => {
    if (!isJsonObject(citation)) return [];
    const url = urlOf(citation);
    if (url === undefined) return [];
    const content = quotedIn(citation);
    return [
      {
        type: 'url_citation',
        url_citation: {
          url,
          title: stringAt(citation, 'title') ?? '',
          ...(content !== '' && { content }),
          start_index: start,
          end_index: end,
        },
      },
    ];
  });
}

/** A page found by a search of the host's own, or a search result that the caller gave with its address. */
function urlOf(citation: JsonObject): string | undefined {
  const location = objectAt(citation, 'location') ?? {};
  const url = stringAt(objectAt(location, 'web') ?? {}, 'url');
  if (url !== undefined) return url;
  const source = stringAt(citation, 'source');
  return source !== undefined && /^https?:\/\//.test(source) ? source : undefined;
}

function quotedIn(citation: JsonObject): string {
  return (arrayAt(citation, 'sourceContent') ?? [])
    .flatMap((piece) => (isJsonObject(piece) ? [stringAt(piece, 'text') ?? ''] : []))
    .join('');
}
