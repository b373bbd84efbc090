/** Files that are text whatever their type is called: what a grammar without files can still say of them. */
import type { FilePart } from '../../../core/chat.ts';

const TEXT_TYPES =
  /^(text\/.*|application\/(json|xml|yaml|x-yaml|toml|javascript|x-javascript|typescript|x-sh|sql)|.*\+(json|xml))$/;
const TEXT_EXTENSION =
  /\.(txt|md|markdown|csv|tsv|json|jsonl|xml|html?|ya?ml|toml|ini|log|js|jsx|ts|tsx|py|rb|go|rs|java|c|h|cpp|cs|php|sh|sql|css)$/i;

/** The file's text, or undefined where it is no text or lies elsewhere (an address, an id). */
export function textOfFile({ source, filename = '' }: FilePart): string | undefined {
  if (source.kind !== 'data') return undefined;
  const { mediaType, base64 } = source;
  const isVague = mediaType === '' || mediaType === 'application/octet-stream';
  if (!TEXT_TYPES.test(mediaType) && !(isVague && TEXT_EXTENSION.test(filename))) return undefined;
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // not text after all
  }
}

/** The file in the middle of a text: its name tells the model what it reads. */
export function quoteFile(text: string, filename: string | undefined): string {
  return filename ? `<file name=${JSON.stringify(filename)}>\n${text}\n</file>` : text;
}
