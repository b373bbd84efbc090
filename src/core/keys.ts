/** What an API key looks like. The key itself is shown once and never stored: only its digest is. */

export const KEY_PREFIX = 'sk-or-v1-';
const SECRET_DIGITS = 64;
const HEX = /^[0-9a-f]*$/;

/** Where a key belongs that was made without naming a workspace. Workspace ids are UUIDs on the wire. */
export const DEFAULT_WORKSPACE_ID = '00000000-0000-0000-0000-000000000000';

export type ParsedKey =
  | { readonly kind: 'key'; readonly text: string }
  /** `message` names the cause and the cure, and never the key. */
  | { readonly kind: 'missing' | 'truncated' | 'malformed'; readonly message: string };

/** Reads a key as a caller sent or an operator typed it: spaces around it are no part of it. */
export function parseKey(sent: string | null | undefined): ParsedKey {
  const text = sent?.trim() ?? '';
  if (text === '') {
    return { kind: 'missing', message: `No API key was sent. Send one as "Authorization: Bearer ${KEY_PREFIX}…".` };
  }
  if (!text.startsWith(KEY_PREFIX)) {
    // The beginning of a key cut within its prefix, too.
    if (KEY_PREFIX.startsWith(text)) return truncated(0);
    const message = `This is not an API key of this server: one starts with "${KEY_PREFIX}" and has ${SECRET_DIGITS} hex digits after it.`;
    return { kind: 'malformed', message };
  }
  const secret = text.slice(KEY_PREFIX.length);
  // A label copied from a list (`sk-or-v1-abc...123`) is a key with its middle cut out.
  if (/\.{2,}|…|\*{2,}/.test(secret)) return truncated(secret.replace(/[^0-9a-f]/g, '').length);
  if (!HEX.test(secret)) {
    return {
      kind: 'malformed',
      message: `The API key has characters other than lower-case hex digits after "${KEY_PREFIX}".`,
    };
  }
  if (secret.length < SECRET_DIGITS) return truncated(secret.length);
  if (secret.length > SECRET_DIGITS) {
    const message = `The API key is too long: ${secret.length} hex digits after "${KEY_PREFIX}" where ${SECRET_DIGITS} belong.`;
    return { kind: 'malformed', message };
  }
  return { kind: 'key', text };
}

function truncated(digits: number): ParsedKey {
  const message = `The API key is truncated: ${digits} of its ${SECRET_DIGITS} hex digits arrived. Copy the whole key.`;
  return { kind: 'truncated', message };
}

/** `sk-or-v1-abc...123`: enough to tell keys apart, too little to guess one. */
export function labelOf(key: string): string {
  return `${key.slice(0, KEY_PREFIX.length + 3)}...${key.slice(-3)}`;
}

export interface KeySources {
  /** SHA-256 in lower-case hex: OpenRouter's `hash`. */
  digest(text: string): string;
  /** This many random bytes, fit for secrets, in lower-case hex. */
  randomHex(bytes: number): string;
}

/** A new key with what is stored of it. */
export function createKeyText(sources: KeySources): {
  readonly text: string;
  readonly hash: string;
  readonly label: string;
} {
  const text = KEY_PREFIX + sources.randomHex(SECRET_DIGITS / 2);
  return { text, hash: sources.digest(text), label: labelOf(text) };
}
