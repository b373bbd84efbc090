/** Tool call ids where a host is particular about them (docs/sources.md). */

const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Exactly nine alphanumerics: the id itself where it already is, else a digest of it. The same id always gives the same
 * nine characters, so a call and its result still find each other.
 */
export function nineCharacterId(id: string): string {
  if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
  // Two independent 32-bit FNV-1a passes: 9 base-36 digits hold 46 bits, enough for the calls of one conversation.
  const low = BigInt(fnv1a(id, 0x811c9dc5));
  const high = BigInt(fnv1a(id, 0x5bd1e995));
  let rest = (high << 32n) | low;
  let text = '';
  for (let i = 0; i < 9; i++) {
    text += BASE36[Number(rest % 36n)];
    rest /= 36n;
  }
  return text;
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  // Mixed once more: short ids that differ in one place must differ everywhere.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** An id for a call that came without one: unique over the turns of a conversation because the reply's own id is in it. */
export function inventedId(upstreamId: string | undefined, choice: number, index: number): string {
  const own = (upstreamId ?? '').replace(/[^A-Za-z0-9]/g, '').slice(-24);
  return `call_${own}${choice === 0 ? '' : `c${choice}`}_${index}`;
}
