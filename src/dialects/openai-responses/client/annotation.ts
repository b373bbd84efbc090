/** Annotations: the core keeps chat's form, with the details in a member named by the type; here they stand beside the type. */
import { type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';

/**
 * Undefined for what was read of a file, OpenRouter's own kind: this grammar's citations are a closed list, and clients have been
 * seen to refuse a whole answer over another one (the AI SDK's OpenAI provider).
 */
export function toOwnAnnotation(annotation: JsonObject): JsonObject | undefined {
  const type = stringAt(annotation, 'type');
  if (type === 'file') return undefined;
  const details = type === undefined ? undefined : objectAt(annotation, type);
  if (type !== 'url_citation') return details ? { type, ...details } : annotation;
  const citation = details ?? annotation;
  return {
    ...citation,
    type,
    url: stringAt(citation, 'url') ?? '',
    title: stringAt(citation, 'title') ?? '',
    start_index: numberAt(citation, 'start_index') ?? 0,
    end_index: numberAt(citation, 'end_index') ?? 0,
  };
}
