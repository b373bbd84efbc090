/**
 * The caller's metadata and end user → `requestMetadata`, which the operator's logs can be filtered by: at most 16 pairs of plain
 * characters (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).
 */
import type { ChatRequest } from '../../../core/chat.ts';
import type { Notebook } from '../../shared/notebook.ts';

const MOST_PAIRS = 16;
const KEY = /^[a-zA-Z0-9\s:_@$#=/+,\-.]{1,256}$/;
const VALUE = /^[a-zA-Z0-9\s:_@$#=/+,\-.]{0,256}$/;

export function encodeMetadata(
  { metadata = {}, user }: Pick<ChatRequest, 'metadata' | 'user'>,
  notes: Notebook,
): { readonly requestMetadata?: Readonly<Record<string, string>> } {
  const pairs: [string, string][] = [];
  const add = (field: string, key: string, value: string): void => {
    if (pairs.length < MOST_PAIRS && KEY.test(key) && VALUE.test(value)) pairs.push([key, value]);
    else notes.add('parameter.dropped', field, 'Metadata is at most 16 pairs of plain characters, 256 each.');
  };
  if (user) add('user', 'user', user);
  for (const [key, value] of Object.entries(metadata)) {
    if (user && key === 'user') notes.add('parameter.dropped', 'metadata.user', 'The end user’s id has this name.');
    else add(`metadata.${key}`, key, value);
  }
  return pairs.length === 0 ? {} : { requestMetadata: Object.fromEntries(pairs) };
}
