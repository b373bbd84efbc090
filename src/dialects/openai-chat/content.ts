/** What a message or a delta says, in any host's form: shared by the whole reply and the stream. */
import type { AudioOutput, ReasoningDetail } from '../../core/chat.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
} from '../../core/json.ts';
import { decodeReasoningDetail } from './reasoning-details.ts';

export interface Content {
  readonly text: string;
  /** Reasoning that stands inside the content (Mistral's `thinking` parts). */
  readonly thinking: string;
  readonly images: readonly string[];
}

const EMPTY: Content = { text: '', thinking: '', images: [] };

/** Content is a string, null, or a list of parts (docs/sources.md). */
export function contentOf(value: Json | undefined): Content {
  if (typeof value === 'string') return value === '' ? EMPTY : { text: value, thinking: '', images: [] };
  const parts = isJsonObject(value) ? [value] : isJsonArray(value) ? value : [];
  let text = '';
  let thinking = '';
  const images: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    if (!isJsonObject(part)) continue;
    if (part['type'] === 'thinking') thinking += thinkingOf(part['thinking']);
    else if (part['type'] === 'image_url') images.push(...imageUrlOf(part));
    else text += stringAt(part, 'text') ?? '';
  }
  return { text, thinking, images };
}

function thinkingOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (!isJsonArray(value)) return '';
  return value.map((piece) => (isJsonObject(piece) ? (stringAt(piece, 'text') ?? '') : '')).join('');
}

function imageUrlOf(part: JsonObject): readonly string[] {
  const { image_url: image } = part;
  const url = isJsonObject(image) ? image['url'] : image;
  return typeof url === 'string' && url ? [url] : [];
}

/** Images beside the content: OpenRouter's `images`. */
export function imagesOf(message: JsonObject): readonly string[] {
  const { images } = message;
  return isJsonArray(images) ? images.filter(isJsonObject).flatMap(imageUrlOf) : [];
}

export interface Reasoning {
  readonly text: string;
  readonly details: readonly ReasoningDetail[];
}

/** Several hosts send one text under two names: the first that is not empty, never both. */
export function reasoningOf(message: JsonObject, thinking: string, format: string): Reasoning | undefined {
  const { reasoning_details: wire } = message;
  const details = isJsonArray(wire) && wire.length > 0 ? wire.filter(isJsonObject).flatMap(detailOf) : [];
  const text =
    stringAt(message, 'reasoning') ||
    stringAt(message, 'reasoning_content') ||
    stringAt(message, 'reasoning_text') ||
    thinking ||
    details.map(visibleText).join('');
  if (!text && details.length === 0) return undefined;
  return { text, details: details.length > 0 ? details : [{ type: 'reasoning.text', text, format, index: 0 }] };
}

function detailOf(wire: JsonObject): readonly ReasoningDetail[] {
  const detail = decodeReasoningDetail(wire);
  return detail ? [detail] : [];
}

function visibleText(detail: ReasoningDetail): string {
  switch (detail.type) {
    case 'reasoning.text':
      return detail.text ?? '';
    case 'reasoning.summary':
      return detail.summary;
    case 'reasoning.encrypted':
      return '';
  }
}

export function audioOf(message: JsonObject): AudioOutput | undefined {
  const audio = objectAt(message, 'audio');
  if (!audio) return undefined;
  const id = stringAt(audio, 'id');
  const data = stringAt(audio, 'data');
  const transcript = stringAt(audio, 'transcript');
  const expiresAt = numberAt(audio, 'expires_at');
  // Some hosts send the member with nothing in it.
  if (!id && !data && !transcript) return undefined;
  return {
    ...(id && { id }),
    ...(data !== undefined && { data }),
    ...(transcript !== undefined && { transcript }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** Arguments are JSON text; some hosts send the object itself. */
export function argumentsOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Hosts that search name their sources once beside the choices (Perplexity, xAI): citations in OpenRouter's form. */
export function citationsOf(body: JsonObject): readonly Json[] {
  const { citations, search_results: results } = body;
  const titles = new Map<string, string>();
  for (const result of isJsonArray(results) ? results : []) {
    if (!isJsonObject(result)) continue;
    const url = stringAt(result, 'url');
    if (url) titles.set(url, stringAt(result, 'title') ?? '');
  }
  const urls = isJsonArray(citations)
    ? citations.filter((url): url is string => typeof url === 'string')
    : [...titles.keys()];
  return urls.map((url) => ({
    type: 'url_citation',
    url_citation: { url, title: titles.get(url) ?? '', start_index: 0, end_index: 0 },
  }));
}
