/** Annotations: the core keeps chat's form, with the details in a member named by the type; here they stand beside the type. */
import { type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';

/** What was read of a file is OpenRouter's own, in the one form it has. */
const FILE = 'file';

export function toOwnAnnotation(annotation: JsonObject): JsonObject {
  const type = stringAt(annotation, 'type');
  const details = type === undefined || type === FILE ? undefined : objectAt(annotation, type);
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
