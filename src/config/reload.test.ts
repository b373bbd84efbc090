import { expect, test } from 'bun:test';
import { settingsOf } from '../../test/kit/load-config.ts';
import { keysNeedingRestart } from './reload.ts';

const running = settingsOf(
  'listen: 127.0.0.1:1\ndata: a\ntls: { cert: a, key: b }\nproviders: { openai: { api_key: k } }',
);

test('providers, names and limits change in place', () => {
  const next = 'listen: 127.0.0.1:1\ndata: a\ntls: { cert: c, key: d }\ncommit_after_ms: 5\naliases: { a: b/c }\n';
  expect(keysNeedingRestart(running, settingsOf(next))).toEqual([]);
});

test('what the process holds open needs a restart', () => {
  const next = 'listen: 127.0.0.1:2\ndata: b\ndatabase_url: postgres://db\nresponse_cache: { persist: true }\n';
  expect(keysNeedingRestart(running, settingsOf(next))).toEqual([
    'listen',
    'data',
    'database_url',
    'response_cache',
    'tls',
  ]);
});
