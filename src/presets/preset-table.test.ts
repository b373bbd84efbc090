import { expect, test } from 'bun:test';
import { createPresetTable } from './preset-table.ts';
import { samplePreset } from './sample-preset.ts';

test('a slug is found in its own workspace, replaced in place and listed', () => {
  const table = createPresetTable([samplePreset('a'), samplePreset('b'), samplePreset('a', { workspaceId: 'other' })]);
  table.put(samplePreset('a', { name: 'renamed' }));
  expect(table.find('workspace', 'a')?.name).toBe('renamed');
  expect(table.find('other', 'a')?.name).toBe('a');
  expect(table.find('other', 'b')).toBeUndefined();
  expect(table.find('nowhere', 'a')).toBeUndefined();
  expect(table.list('workspace').map(({ name }) => name)).toEqual(['renamed', 'b']);
  expect(table.list('nowhere')).toEqual([]);
});

test('a record that a request holds does not change under it', () => {
  const config = { provider: { sort: 'price' } };
  const table = createPresetTable([samplePreset('a', {}, { config })]);
  const held = table.find('workspace', 'a');
  config.provider.sort = 'latency';
  expect(held?.designated.config).toEqual({ provider: { sort: 'price' } });
  expect(Object.isFrozen(held?.designated.config['provider'])).toBe(true);
  expect(Object.isFrozen(config.provider)).toBe(false);
});
