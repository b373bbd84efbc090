/** Who may read the catalogue is one answer, in whatever grammar it is told. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const GRAMMARS: readonly (readonly [name: string, path: string, headers: Record<string, string>])[] = [
  ['chat', '/v1/models', {}],
  ['messages', '/v1/models', { 'anthropic-version': '2023-06-01' }],
  ['gemini', '/v1beta/models', {}],
];

describe.each([true, false])('public_catalogue: %p', (isPublic) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ config: `public_catalogue: ${isPublic}\nproviders:\n  sim: {}\n` });
  });
  afterAll(() => gateway.stop());

  test.each([...GRAMMARS])('%s', async (_, path, headers) => {
    const read = (key?: string) =>
      fetch(gateway.url + path, { headers: { ...headers, ...(key !== undefined && { 'x-api-key': key }) } });
    expect((await read(gateway.apiKey)).status).toBe(200);
    // A key that was sent is checked, even where none is needed.
    expect((await read(`sk-or-v1-${'0'.repeat(64)}`)).status).toBe(401);
    const without = await read();
    expect(without.status).toBe(isPublic ? 200 : 401);
    if (!isPublic) expect(await without.text()).toContain('public_catalogue: true');
  });
});
