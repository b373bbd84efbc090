import { expect, test } from 'bun:test';
import type { ReasoningDetail } from '../../../core/chat.ts';
import { plainReasoning } from './plain-reasoning.ts';

test.each<[string, ReasoningDetail, string | undefined]>([
  ['text of nobody', { type: 'reasoning.text', text: 'a' }, 'a'],
  ['text of a host without a format', { type: 'reasoning.text', text: 'a', format: 'unknown' }, 'a'],
  ['its own', { type: 'reasoning.text', text: 'a', format: 'own' }, 'a'],
  ['a summary', { type: 'reasoning.summary', summary: 'a' }, 'a'],
  ['another’s', { type: 'reasoning.text', text: 'a', format: 'other' }, undefined],
  ['signed text', { type: 'reasoning.text', text: 'a', signature: 's' }, undefined],
  ['what is sealed', { type: 'reasoning.encrypted', data: 'x', format: 'own' }, undefined],
])('%s', (_, detail, said) => {
  expect(plainReasoning(detail, 'own')).toBe(said);
});
