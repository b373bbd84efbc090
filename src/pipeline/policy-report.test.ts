import { expect, test } from 'bun:test';
import type { KeyRecord } from '../core/caller.ts';
import type { Exclusion } from '../routing/filter.ts';
import { policiesOf } from './policy-report.ts';

const KEY: KeyRecord = {
  hash: 'h',
  kind: 'inference',
  name: 'ci',
  label: 'l',
  disabled: false,
  limitNanoUsd: null,
  limitReset: null,
  includeByokInLimit: false,
  createdAtMs: 0,
  updatedAtMs: null,
  expiresAtMs: null,
  creatorUserId: null,
  workspaceId: 'w',
  externalUser: null,
  source: 'database',
};
const excluded = (excludedBy: string): Exclusion => ({
  endpointId: 'a|m',
  providerName: 'A',
  modelId: 'm',
  excludedBy,
  because: '',
});

test('each restriction says what it means, who said it and how many it leaves out; the order is none', () => {
  const told = {
    order: ['a'],
    sort: 'price',
    only: [['a', 'b'], ['a']],
    ignore: ['c'],
    quantizations: ['fp8', 'bf16'],
    max_price: { prompt: '0.5', request: '0.01' },
  };
  const from = ['account' as const];
  const policies = policiesOf({
    told,
    sources: { only: from, max_price: ['account', 'request'] },
    excluded: [excluded('max_price'), excluded('max_price'), excluded('ignored_providers')],
    key: { ...KEY, limitNanoUsd: 1_500_000_000n, limitReset: 'weekly' },
  });
  expect(policies).toEqual([
    { policy: 'only', summary: 'only a, b and among them a may serve', from, excluded: 0 },
    { policy: 'ignore', summary: 'c may not serve', from: [], excluded: 1 },
    { policy: 'quantizations', summary: 'only endpoints at fp8, bf16 may serve', from: [], excluded: 0 },
    {
      policy: 'max_price',
      summary: 'at most $0.5 a million prompt tokens, $0.01 a request',
      from: ['account', 'request'],
      excluded: 2,
    },
    { policy: 'key_limit', summary: 'the key may spend $1.5 weekly' },
  ]);
});

test('a list that names nobody, and no limit', () => {
  expect(policiesOf({ told: { only: [] }, sources: {}, excluded: [], key: KEY })).toMatchObject([
    { policy: 'only', summary: 'only nobody may serve' },
  ]);
});
