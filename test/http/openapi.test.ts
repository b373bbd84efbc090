/** The API's description: every route that is mounted, a valid document, and a page of it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { isJsonObject, type JsonObject, objectAt } from '../../src/core/json.ts';
import { OPERATIONS } from '../../src/server/openapi/operations.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
let document: JsonObject;
beforeAll(async () => {
  gateway = await startGateway();
  const parsed: unknown = await (await fetch(`${gateway.url}/openapi.json`)).json();
  if (!isJsonObject(parsed)) throw new Error('no document');
  document = parsed;
});
afterAll(() => gateway.stop());

const METHODS = ['get', 'post', 'patch', 'delete'];

function operations(): readonly { readonly path: string; readonly method: string; readonly operation: JsonObject }[] {
  return Object.entries(objectAt(document, 'paths') ?? {}).flatMap(([path, item]) =>
    isJsonObject(item)
      ? METHODS.flatMap((method) => {
          const operation = objectAt(item, method);
          return operation ? [{ path, method, operation }] : [];
        })
      : [],
  );
}

describe('/openapi.json', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect({ valid, errors }).toMatchObject({ valid: true });
  });

  test('has every route, and nothing that is not mounted', () => {
    expect(operations().length).toBe(Object.keys(OPERATIONS).length);
    for (const { path, method, operation } of operations()) {
      expect(String(operation['summary']).length, `${method} ${path}`).toBeGreaterThan(3);
    }
  });

  test('every path it names answers: nothing is 404 or 405 for its address', async () => {
    for (const { path, method } of operations()) {
      const address = path.replace('{model}', 'sim%2Fecho').replace(/\{\w+\}/g, 'x');
      const response = await fetch(gateway.url + address, { method: method.toUpperCase() });
      const text = await response.text();
      expect(text, `${method} ${path}`).not.toMatch(/There is no (GET|POST|PATCH|DELETE) /);
      expect(response.status, `${method} ${path}`).not.toBe(405);
    }
  });

  test('bodies of inference have their fields', () => {
    const bodyOf = (path: string): readonly string[] => {
      const found = operations().find((each) => each.path === path && each.method === 'post');
      const content = objectAt(objectAt(found?.operation ?? {}, 'requestBody') ?? {}, 'content') ?? {};
      const schema = objectAt(objectAt(content, 'application/json') ?? {}, 'schema') ?? {};
      return Object.keys(objectAt(schema, 'properties') ?? {});
    };
    expect(bodyOf('/api/v1/chat/completions')).toEqual(expect.arrayContaining(['messages', 'tools', 'provider']));
    expect(bodyOf('/api/v1/responses')).toEqual(
      expect.arrayContaining(['input', 'instructions', 'include', 'provider']),
    );
    expect(bodyOf('/api/v1/messages')).toEqual(
      expect.arrayContaining(['messages', 'max_tokens', 'thinking', 'provider']),
    );
    expect(bodyOf('/v1beta/models/{model}:generateContent')).toEqual(expect.arrayContaining(['contents', 'tools']));
    expect(bodyOf('/api/v1/embeddings')).toEqual(expect.arrayContaining(['input', 'dimensions']));
    expect(bodyOf('/api/v1/rerank')).toEqual(expect.arrayContaining(['query', 'documents', 'top_n']));
    expect(bodyOf('/api/v1/completions')).toEqual(expect.arrayContaining(['prompt', 'suffix']));
  });
});

describe('/docs', () => {
  test('shows every route, and runs no script', async () => {
    const response = await fetch(`${gateway.url}/docs`);
    const page = await response.text();
    for (const { path } of operations()) expect(page).toContain(`<code>${path}</code>`);
    expect(page).not.toContain('<script');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
