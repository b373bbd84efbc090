import type { CachedAnswer } from './store.ts';

/** A cached answer for tests; say only what the test is about. */
export function sampleAnswer(text: string, about: Partial<CachedAnswer> = {}): CachedAnswer {
  return {
    sourceId: 'gen-1764072000-AAAAAAAAAAAAAAAAAAAA',
    form: 'whole',
    body: new TextEncoder().encode(text),
    storedAtMs: 0,
    ttlSeconds: 300,
    origin: {
      modelId: 'maker/model',
      providerId: 'host',
      providerName: 'Host',
      finishReason: 'stop',
      nativeFinishReason: 'end_turn',
      serviceTier: 'default',
      router: null,
      isByok: false,
    },
    ...about,
  };
}
