import { describe, expect, test } from 'bun:test';
import { createKeyText, labelOf, parseKey } from './keys.ts';

const KEY = `sk-or-v1-${'0123456789abcdef'.repeat(4)}`;

describe('a key as it arrives', () => {
  test('is read with or without spaces around it', () => {
    expect(parseKey(KEY)).toEqual({ kind: 'key', text: KEY });
    expect(parseKey(`  ${KEY}\t\n`)).toEqual({ kind: 'key', text: KEY });
  });

  test.each([
    ['nothing', undefined, 'missing', 'No API key'],
    ['null', null, 'missing', 'No API key'],
    ['spaces', '   ', 'missing', 'No API key'],
    ['one digit short', KEY.slice(0, -1), 'truncated', '63 of its 64'],
    ['the prefix alone', 'sk-or-v1-', 'truncated', '0 of its 64'],
    ['cut within the prefix', 'sk-or', 'truncated', '0 of its 64'],
    ['a copied label', 'sk-or-v1-abc...123', 'truncated', '6 of its 64'],
    ['a copied label with an ellipsis', 'sk-or-v1-abc…123', 'truncated', '6 of its 64'],
    ['one digit too many', `${KEY}0`, 'malformed', '65 hex digits'],
    ['another vendor', 'sk-proj-abcdef', 'malformed', 'starts with "sk-or-v1-"'],
    ['upper case', KEY.toUpperCase(), 'malformed', 'starts with'],
    ['no hex', `sk-or-v1-${'z'.repeat(64)}`, 'malformed', 'lower-case hex'],
    ['a digest sent as a key', 'a'.repeat(64), 'malformed', 'starts with'],
  ])('%s is refused with its cause', (_, sent, kind, message) => {
    const parsed = parseKey(sent);
    expect(parsed).toMatchObject({ kind, message: expect.stringContaining(message) });
  });

  test('is never repeated in a refusal', () => {
    for (const sent of [KEY.slice(0, -1), `${KEY}0`, `${KEY}\u0000`]) {
      expect(JSON.stringify(parseKey(sent))).not.toContain('0123456789abcdef');
    }
  });
});

test('a label shows six digits of sixty-four', () => {
  expect(labelOf(KEY)).toBe('sk-or-v1-012...def');
});

test('a new key is 256 random bits, kept as its digest', () => {
  const made = createKeyText({ digest: (text) => `digest of ${text}`, randomHex: (bytes) => 'ab'.repeat(bytes) });
  expect(parseKey(made.text).kind).toBe('key');
  expect(made).toEqual({ text: made.text, hash: `digest of ${made.text}`, label: 'sk-or-v1-aba...bab' });
});
