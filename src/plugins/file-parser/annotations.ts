/**
 * `file` annotations (OpenRouter's API): what was read of a file, given with the reply, so that a client that sends it back with
 * the conversation spares the next request the reading.
 */
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';

/** A file's hash (SHA-256, lower-case hex) → its text, between its marks. */
export type KnownFiles = ReadonlyMap<string, string>;

export interface AnnotatedFile {
  readonly hash: string;
  readonly name: string | undefined;
  readonly text: string;
}

export function annotationOf({ hash, name, text }: AnnotatedFile): JsonObject {
  return { type: 'file', file: { hash, ...(name !== undefined && { name }), content: [{ type: 'text', text }] } };
}

/** Files that earlier replies read, from the annotations of assistant messages as the client sent them. */
export function knownFiles(annotations: readonly Json[]): KnownFiles {
  const known = new Map<string, string>();
  for (const annotation of annotations) {
    const file = isJsonObject(annotation) && annotation['type'] === 'file' ? objectAt(annotation, 'file') : undefined;
    const hash = file && stringAt(file, 'hash');
    const text = file && textIn(arrayAt(file, 'content'));
    if (hash && text !== undefined) known.set(hash, text);
  }
  return known;
}

/** Undefined where it holds more than text: then reading the file again loses nothing. */
function textIn(content: readonly Json[] | undefined): string | undefined {
  if (!isJsonArray(content) || content.length === 0) return undefined;
  const texts = content.map((part) =>
    isJsonObject(part) && part['type'] === 'text' ? stringAt(part, 'text') : undefined,
  );
  return texts.every((text) => text !== undefined) ? texts.join('\n') : undefined;
}
