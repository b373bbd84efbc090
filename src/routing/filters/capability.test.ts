import { describe, expect, test } from 'bun:test';
import { exclusionsOf, type Host, planOf, targetsOf } from '../lab.fixture.ts';

describe('content', () => {
  const text: Host = { name: 'text', endpoint: { inputModalities: ['text'] } };
  const sees: Host = { name: 'sees', endpoint: { inputModalities: ['text', 'image'] } };
  const draws: Host = { name: 'draws', endpoint: { outputModalities: ['text', 'image'] } };

  test('goes only where it can be taken and made', () => {
    expect(targetsOf({ hosts: [text, sees], demand: { inputModalities: ['image'] } })).toEqual(['sees']);
    expect(targetsOf({ hosts: [text, draws], demand: { outputModalities: ['image', 'text'] } })).toEqual(['draws']);
    expect(planOf({ hosts: [text], demand: { inputModalities: ['image'] } }).excluded).toMatchObject([
      { excludedBy: 'capability', because: 'it takes no image input', field: 'messages' },
    ]);
    expect(planOf({ hosts: [text], demand: { outputModalities: ['image'] } }).excluded).toMatchObject([
      { excludedBy: 'capability', because: 'it gives no image output', field: 'modalities' },
    ]);
  });

  test('is never dropped to fit: where nobody takes it, nobody serves', () => {
    expect(targetsOf({ hosts: [text, sees], demand: { inputModalities: ['audio'] } })).toEqual([]);
  });

  test('what its grammar has no words for keeps an endpoint out', () => {
    const mute: Host = { name: 'mute', unsayable: ['video'] };
    const ask = { hosts: [mute, sees] };
    expect(targetsOf(ask)).toEqual(['sees']);
    expect(exclusionsOf(ask)).toEqual({ mute: 'capability' });
  });

  test('files that will be read go anywhere', () => {
    const ask = { hosts: [text, { ...sees, unsayable: ['file'] }], demand: { inputModalities: ['file' as const] } };
    expect(targetsOf(ask)).toEqual([]);
    expect(targetsOf({ ...ask, readsFiles: true })).toEqual(['text', 'sees']);
    const more = { ...ask, demand: { inputModalities: ['file' as const, 'image' as const] } };
    expect(targetsOf({ ...more, readsFiles: true })).toEqual(['sees']);
  });
});

describe('room for the prompt', () => {
  const of = (contextLength: number, more: Host['endpoint'] = {}): Host => ({
    name: `k${contextLength}`,
    endpoint: { contextLength, ...more },
  });

  test('characters / 4 may be a third too many: 60 % of the estimate must fit', () => {
    const hosts = [of(5999), of(6000)];
    expect(targetsOf({ hosts, demand: { promptTokensEstimate: 10_000 } })).toEqual(['k6000']);
    expect(planOf({ hosts, demand: { promptTokensEstimate: 10_000 } }).excluded).toMatchObject([
      { excludedBy: 'context_length', because: 'the prompt is about 10000 tokens and it takes 5999' },
    ]);
  });

  test('the limit of the prompt counts where there is one; an assumed context excludes nothing', () => {
    const demand = { promptTokensEstimate: 10_000 };
    expect(targetsOf({ hosts: [of(100_000, { maxPromptTokens: 5999 })], demand })).toEqual([]);
    expect(targetsOf({ hosts: [of(100, { contextIsAssumed: true })], demand })).toEqual(['k100']);
  });

  test('a prompt that will be fitted goes where half of what it needs has room', () => {
    const hosts = [of(5500), of(6000), of(9000)];
    const demand = { promptTokensEstimate: 10_000, maxOutputTokens: 2000 };
    expect(targetsOf({ hosts, demand, fitsContextUpTo: Number.POSITIVE_INFINITY })).toEqual(['k6000', 'k9000']);
  });

  test('or where there is most', () => {
    const hosts = [of(1000), of(2000), of(3000)];
    const demand = { promptTokensEstimate: 10_000 };
    expect(targetsOf({ hosts, demand, fitsContextUpTo: Number.POSITIVE_INFINITY })).toEqual(['k3000']);
  });

  test('small contexts alone may be fitted by default', () => {
    const hosts = [of(4000), of(8192), of(9000)];
    const left = (promptTokensEstimate: number) =>
      targetsOf({ hosts, demand: { promptTokensEstimate }, fitsContextUpTo: 8192 });
    expect(left(10_000)).toEqual(['k8192', 'k9000']);
    expect(left(20_000)).toEqual(['k8192']);
  });
});

describe('max_tokens', () => {
  const of = (maxOutputTokens: number | null): Host => ({
    name: `gives ${maxOutputTokens}`,
    endpoint: { maxOutputTokens },
  });
  const hosts = [of(100), of(1000), of(null)];

  test('only endpoints that can give so many, as long as there is one', () => {
    expect(targetsOf({ hosts, demand: { maxOutputTokens: 500 } })).toEqual(['gives 1000', 'gives null']);
    expect(exclusionsOf({ hosts, demand: { maxOutputTokens: 500 } })).toEqual({ 'gives 100': 'max_tokens' });
    expect(targetsOf({ hosts: [of(100), of(200)], demand: { maxOutputTokens: 500 } })).toHaveLength(2);
    expect(targetsOf({ hosts, demand: { maxOutputTokens: null } })).toHaveLength(3);
  });
});
