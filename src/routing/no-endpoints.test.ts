import { describe, expect, test } from 'bun:test';
import type { Exclusion } from './filter.ts';
import { type Ask, planOf } from './lab.fixture.ts';
import { noEndpoints } from './no-endpoints.ts';

const refused = (ask: Ask) => noEndpoints(['lab/model'], planOf(ask).excluded);

test('one rule left nobody: it is the constraint', () => {
  const error = refused({ hosts: [{ name: 'alpha', usd: 3 }], provider: { max_price: { prompt: 1 } } });
  expect(error.status).toBe(404);
  expect(error.code).toBe('route.no_endpoints');
  expect(error.message).toBe(
    'No endpoints of lab/model match this request. Alpha: its prompt price of $3 a million is above the cap of $1 a million.',
  );
  expect(error.details.field).toBe('provider.max_price.prompt');
  expect(error.details.availability).toEqual({
    code: 'constraint_filtered',
    retryable: false,
    requested_models: ['lab/model'],
    docs_url: expect.stringMatching(/^https:\/\/openrouter\.ai\/docs\//),
    excluded_by: ['max_price'],
    affected_providers: ['Alpha'],
    constraint: {
      field: 'provider.max_price.prompt',
      detail: 'Alpha: its prompt price of $3 a million is above the cap of $1 a million',
    },
  });
});

test('several rules: each endpoint is named with its own, and there is no single constraint', () => {
  const error = refused({
    hosts: [
      { name: 'alpha', usd: 3 },
      { name: 'beta', provider: { training: true } },
      { name: 'gamma', endpoint: { quantization: 'fp8' } },
    ],
    provider: { max_price: { prompt: 1 }, data_collection: 'deny', quantizations: ['bf16', 'unknown'] },
  });
  expect(error.details.availability).toMatchObject({
    code: 'constraint_filtered',
    excluded_by: ['data_policy:training', 'quantization', 'max_price'],
    affected_providers: ['Beta', 'Gamma', 'Alpha'],
  });
  expect(error.details.availability).not.toHaveProperty('constraint');
  expect(error.details.field).toBeUndefined();
  expect(error.details.metadata).toEqual({
    excluded: [
      expect.objectContaining({ endpoint_id: 'beta|lab/model', provider: 'Beta', excluded_by: 'data_policy:training' }),
      expect.objectContaining({ endpoint_id: 'gamma|lab/model', excluded_by: 'quantization' }),
      expect.objectContaining({ endpoint_id: 'alpha|lab/model', model: 'lab/model', excluded_by: 'max_price' }),
    ],
  });
});

test('data policies alone: privacy_restricted', () => {
  const hosts = [
    { name: 'alpha', provider: { training: true } },
    { name: 'beta', provider: { retentionDays: 30 } },
  ];
  const error = refused({ hosts, provider: { data_collection: 'deny', zdr: true } });
  expect(error.details.availability).toMatchObject({
    code: 'privacy_restricted',
    excluded_by: ['data_policy:training', 'data_policy:zdr'],
  });
});

describe('OpenRouter’s words for what excluded', () => {
  test.each<[string, Ask]>([
    ['data_policy:zdr', { hosts: [{ name: 'a', provider: { retentionDays: null } }], provider: { zdr: true } }],
    [
      'data_policy:training',
      { hosts: [{ name: 'a', provider: { training: true } }], provider: { data_collection: 'deny' } },
    ],
    ['max_price', { hosts: [{ name: 'a', usd: 2 }], provider: { max_price: { completion: 1 } } }],
    ['context_length', { hosts: [{ name: 'a' }], demand: { promptTokensEstimate: 1_000_000 } }],
    [
      'require_parameters',
      { hosts: [{ name: 'a' }], demand: { parameters: ['seed'] }, provider: { require_parameters: true } },
    ],
    ['quantization', { hosts: [{ name: 'a' }], provider: { quantizations: ['fp8'] } }],
    ['allowed_providers', { hosts: [{ name: 'a' }], provider: { only: ['b'] } }],
  ])('%s', (word, ask) => {
    expect(refused(ask).details.availability).toMatchObject({ excluded_by: [word] });
  });
});

test('nobody serves the model at all', () => {
  const error = noEndpoints(['lab/model', 'lab/other'], []);
  expect(error.status).toBe(404);
  expect(error.message).toContain('No configured provider serves lab/model, lab/other.');
  expect(error.details.availability).toMatchObject({
    code: 'no_endpoints',
    requested_models: ['lab/model', 'lab/other'],
  });
});

test('thousands are counted out for nobody: fifty are named, all rules are told', () => {
  const excluded: readonly Exclusion[] = Array.from({ length: 500 }, (_, at) => ({
    endpointId: `host-${at}|lab/model`,
    providerName: `Host ${at}`,
    modelId: 'lab/model',
    excludedBy: at === 499 ? 'max_price' : 'quantization',
    because: 'it is served at fp8',
  }));
  const { metadata, availability } = noEndpoints(['lab/model'], excluded).details;
  expect(metadata?.['excluded']).toHaveLength(50);
  expect(availability).toMatchObject({ excluded_by: ['quantization', 'max_price'] });
});
