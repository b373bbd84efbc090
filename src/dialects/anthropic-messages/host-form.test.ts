import { expect, test } from 'bun:test';
import { inHostForm } from './host-form.ts';

const modelInPath = { whole: 'rawPredict', stream: 'streamRawPredict', version: 'vertex-2023-10-16' };
const request = {
  path: '/messages',
  headers: { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b' },
  body: { model: 'claude-haiku-4-5@20251001', max_tokens: 50, messages: [] },
};

test('as it is for most hosts', () => {
  expect(inHostForm(request, {})).toBe(request);
});

test('the model in the path, the version in the body, the betas still in their header', () => {
  expect(inHostForm(request, { modelInPath })).toEqual({
    path: '/models/claude-haiku-4-5@20251001:rawPredict',
    headers: { 'anthropic-beta': 'a,b' },
    body: { anthropic_version: 'vertex-2023-10-16', max_tokens: 50, messages: [] },
  });
  const streamed = inHostForm({ ...request, body: { ...request.body, stream: true } }, { modelInPath });
  expect(streamed.path).toBe('/models/claude-haiku-4-5@20251001:streamRawPredict');
  expect(streamed.body).toMatchObject({ stream: true });
});

test('a name cannot walk to another path', () => {
  const body = { ...request.body, model: '../../x:predict?y' };
  expect(inHostForm({ ...request, body }, { modelInPath }).path).toBe('/models/..%2F..%2Fx%3Apredict%3Fy:rawPredict');
});
