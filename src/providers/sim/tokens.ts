/**
 * The simulator's tokenizer and its deterministic hashes. One token is four bytes of UTF-8, rounded up per text: simple
 * enough to recompute by hand in a test, close enough to real ones for money to look right.
 */
import { seededRandom } from '../../core/ids.ts';

const encoder = new TextEncoder();
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export const byteLength = (text: string): number => encoder.encode(text).length;

export const countTokens = (text: string): number => Math.ceil(byteLength(text) / 4);

/** At most `limit` bytes of the text, never half a character. */
export function cutToBytes(text: string, limit: number): string {
  const bytes = encoder.encode(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(bytes.subarray(0, end));
}

/** 32-bit FNV-1a over UTF-16 units: not for secrets, only for stable ids. */
export function hash32(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

export const hashHex = (text: string): string =>
  hash32(text).toString(16).padStart(8, '0') + hash32(text, 0x9e3779b9).toString(16).padStart(8, '0');

/** `length` base62 characters that depend on `text` and nothing else. */
export function stableId(text: string, length: number): string {
  const random = seededRandom(hash32(text));
  let id = '';
  for (let i = 0; i < length; i++) id += BASE62[Math.floor(random.next() * 62)];
  return id;
}

const SIGNATURE = /^simsig-([0-9a-f]{16})-([0-9a-f]{16})$/;
/** Gemini's documented stand-in for a signature the caller does not have (docs/sources.md). */
const SENTINEL = 'skip_thought_signature_validator';

/** A signature that proves itself, and that covers the text it signs. */
export function signReasoning(text: string): string {
  const digest = hashHex(text);
  return `simsig-${digest}-${hashHex(`signed ${digest}`)}`;
}

/** Appends a seal, for grammars whose reasoning has no signature (`reasoning_content`): the text then proves itself. */
export const sealReasoning = (text: string): string => `${text} [seal ${hashHex(text)}]`;

export type SignatureCheck = 'unmodified' | 'modified' | 'skipped';

/** Whether reasoning that came back is what the simulator once sent. */
export function checkReasoning(text: string, signature: string | null): SignatureCheck {
  if (signature === SENTINEL) return 'skipped';
  if (signature !== null) {
    const match = SIGNATURE.exec(signature);
    if (!match?.[1] || hashHex(`signed ${match[1]}`) !== match[2]) return 'modified';
    return text === '' || hashHex(text) === match[1] ? 'unmodified' : 'modified';
  }
  const sealed = /^([\s\S]*) \[seal ([0-9a-f]{16})\]$/.exec(text);
  return sealed && hashHex(sealed[1] ?? '') === sealed[2] ? 'unmodified' : 'modified';
}
