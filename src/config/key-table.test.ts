import { expect, test } from 'bun:test';
import type { KeyRecord } from '../core/caller.ts';
import { createKeyTable } from './key-table.ts';

const key = (hash: string, overrides: Partial<KeyRecord> = {}): KeyRecord => ({
  hash,
  kind: 'inference',
  name: hash,
  label: 'sk-or-v1-abc...123',
  disabled: false,
  limitNanoUsd: null,
  limitReset: null,
  includeByokInLimit: false,
  createdAtMs: 0,
  updatedAtMs: null,
  expiresAtMs: null,
  creatorUserId: null,
  workspaceId: 'default',
  externalUser: null,
  source: 'database',
  ...overrides,
});

test('single entries are found, replaced in place and removed', () => {
  const table = createKeyTable([key('a'), key('b')]);
  expect(table.get('a')?.name).toBe('a');
  expect(table.get('c')).toBeUndefined();
  table.put(key('a', { disabled: true }));
  table.put(key('c'));
  expect(table.list().map(({ hash, disabled }) => [hash, disabled])).toEqual([
    ['a', true],
    ['b', false],
    ['c', false],
  ]);
  expect(table.remove('b')).toBe(true);
  expect(table.remove('b')).toBe(false);
  expect(table.get('b')).toBeUndefined();
});

test('a record that an exchange holds does not change under it', () => {
  const given = { ...key('a') };
  const table = createKeyTable([given]);
  const held = table.get('a');
  Object.assign(given, { disabled: true });
  table.put(key('a', { name: 'renamed' }));
  expect(held).toMatchObject({ disabled: false, name: 'a' });
  expect(Object.isFrozen(held)).toBe(true);
});
