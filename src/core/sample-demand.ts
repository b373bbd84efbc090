import type { Demand } from './demand.ts';

/** What an ordinary request asks, for tests: those that are about something else say so. */
export function sampleDemand(about: Partial<Demand> = {}): Demand {
  return {
    models: [],
    preferences: {},
    stream: false,
    parameters: [],
    inputModalities: [],
    outputModalities: ['text'],
    maxOutputTokens: null,
    promptTokensEstimate: 1000,
    sessionId: null,
    promptCacheKey: null,
    marksCache: false,
    user: null,
    hasTools: false,
    serviceTier: null,
    plugins: [],
    ...about,
  };
}
