import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ReasoningDetail } from '../../core/chat.ts';
import { isSealed, sealReasoning, unsealReasoning } from './reasoning-seal.ts';

const detail: fc.Arbitrary<ReasoningDetail> = fc.oneof(
  fc.record({
    type: fc.constant('reasoning.text' as const),
    text: fc.string(),
    signature: fc.string({ minLength: 1 }),
    format: fc.constantFrom('anthropic-claude-v1', 'unknown'),
    index: fc.nat(9),
  }),
  fc.record({ type: fc.constant('reasoning.summary' as const), summary: fc.string(), id: fc.string() }),
  fc.record({ type: fc.constant('reasoning.encrypted' as const), data: fc.string({ unit: 'grapheme' }) }),
);

test('whatever is sealed comes back as it was, through a field that is checked as base64', () => {
  fc.assert(
    fc.property(fc.array(detail), (details) => {
      const sealed = sealReasoning(details);
      expect(sealed).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
      expect(sealed.length % 4).toBe(0);
      expect(unsealReasoning(sealed)).toEqual(details);
    }),
  );
});

test('a provider’s own signature is not taken for one of ours', () => {
  for (const text of ['', 'EqQBCkgIBBABGAIiQ', 'c2lnbmFsYm94', 'gAAAAABo']) {
    expect(isSealed(text)).toBe(false);
    expect(unsealReasoning(text)).toBeNull();
  }
});

test('one that was cut or changed on its way holds nothing', () => {
  const sealed = sealReasoning([{ type: 'reasoning.encrypted', data: 'x'.repeat(50) }]);
  expect(unsealReasoning(sealed.slice(0, -8))).toEqual([]);
  expect(unsealReasoning(sealReasoning([]))).toEqual([]);
});
