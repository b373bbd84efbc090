/** The endpoints of the simulated day: twelve hosts of one model, two of a smaller one that a request may name as a second choice. */
import type { Endpoint, Model } from '../../src/catalog/model.ts';
import type { Candidate } from '../../src/routing/candidate.ts';

export const MODEL_ID = 'author/model';
export const SPARE_MODEL_ID = 'author/spare';

/** What a host is like on a good day. Made up; the spread of prices and speeds is that of open models on public lists. */
export interface HostFacts {
  readonly name: string;
  readonly modelId?: string;
  /** USD per million tokens. */
  readonly prompt: number;
  readonly completion: number;
  readonly cacheRead?: number;
  /** Where the host bills what it writes. */
  readonly cacheWrite?: number;
  readonly cacheLifeMs?: number;
  /** Median time to the first token of a short prompt, and its spread (sigma of its logarithm). */
  readonly firstTokenMs: number;
  readonly firstTokenSigma: number;
  readonly tokensPerSecond: number;
  /** Requests a minute and key before it answers 429. */
  readonly perMinute: number;
  readonly tellsRetryAfter: boolean;
  /** Requests at the same time at which a first token takes twice as long; at twice as many it answers 503. */
  readonly parallel: number;
  readonly keys: 1 | 2;
  /** Shares on a good day: answers with 500, streams cut, bad ones among answers with tool calls. */
  readonly failing: number;
  readonly cut: number;
  readonly badTools: number;
}

const MINUTE_MS = 60_000;
const RELIABLE = { failing: 0.002, cut: 0.0005, badTools: 0.02, keys: 1, tellsRetryAfter: true } as const;

/** In the order of the configuration: alphabetical, which says nothing about price or quality. */
export const HOSTS: readonly HostFacts[] = [
  {
    ...RELIABLE,
    name: 'alder',
    prompt: 0.27,
    completion: 0.85,
    cacheRead: 0.07,
    cacheLifeMs: 5 * MINUTE_MS,
    firstTokenMs: 420,
    firstTokenSigma: 0.4,
    tokensPerSecond: 75,
    perMinute: 600,
    parallel: 120,
  },
  {
    // Cheap for a reason.
    name: 'birch',
    prompt: 0.1,
    completion: 0.3,
    firstTokenMs: 900,
    firstTokenSigma: 0.7,
    tokensPerSecond: 35,
    perMinute: 150,
    parallel: 50,
    keys: 1,
    tellsRetryAfter: true,
    failing: 0.04,
    cut: 0.008,
    badTools: 0.18,
  },
  {
    // Cheap and good, but small.
    ...RELIABLE,
    name: 'cedar',
    prompt: 0.13,
    completion: 0.4,
    firstTokenMs: 550,
    firstTokenSigma: 0.4,
    tokensPerSecond: 55,
    perMinute: 90,
    parallel: 30,
  },
  {
    ...RELIABLE,
    name: 'elm',
    prompt: 0.2,
    completion: 0.6,
    cacheRead: 0.05,
    cacheLifeMs: 5 * MINUTE_MS,
    firstTokenMs: 500,
    firstTokenSigma: 0.4,
    tokensPerSecond: 60,
    perMinute: 240,
    parallel: 60,
  },
  {
    ...RELIABLE,
    name: 'fir',
    prompt: 0.4,
    completion: 1.2,
    cacheRead: 0.04,
    cacheWrite: 0.5,
    cacheLifeMs: 5 * MINUTE_MS,
    firstTokenMs: 380,
    firstTokenSigma: 0.35,
    tokensPerSecond: 90,
    perMinute: 600,
    parallel: 120,
    badTools: 0.01,
  },
  {
    ...RELIABLE,
    name: 'hazel',
    prompt: 0.18,
    completion: 0.55,
    firstTokenMs: 700,
    firstTokenSigma: 0.6,
    tokensPerSecond: 45,
    perMinute: 180,
    parallel: 60,
    failing: 0.01,
    badTools: 0.08,
  },
  {
    ...RELIABLE,
    name: 'larch',
    prompt: 0.6,
    completion: 1.8,
    cacheRead: 0.15,
    cacheLifeMs: 5 * MINUTE_MS,
    firstTokenMs: 250,
    firstTokenSigma: 0.3,
    tokensPerSecond: 160,
    perMinute: 300,
    parallel: 80,
  },
  {
    ...RELIABLE,
    name: 'maple',
    prompt: 0.9,
    completion: 2.7,
    firstTokenMs: 180,
    firstTokenSigma: 0.3,
    tokensPerSecond: 320,
    perMinute: 200,
    parallel: 60,
  },
  {
    ...RELIABLE,
    name: 'oak',
    prompt: 0.35,
    completion: 1.05,
    cacheRead: 0.09,
    cacheLifeMs: 10 * MINUTE_MS,
    firstTokenMs: 400,
    firstTokenSigma: 0.35,
    tokensPerSecond: 80,
    perMinute: 450,
    parallel: 200,
    keys: 2,
    badTools: 0.012,
  },
  {
    ...RELIABLE,
    name: 'pine',
    prompt: 0.23,
    completion: 0.7,
    firstTokenMs: 600,
    firstTokenSigma: 0.5,
    tokensPerSecond: 50,
    perMinute: 240,
    parallel: 60,
    failing: 0.005,
  },
  {
    ...RELIABLE,
    name: 'rowan',
    prompt: 0.16,
    completion: 0.48,
    cacheRead: 0.04,
    cacheLifeMs: 3 * MINUTE_MS,
    firstTokenMs: 650,
    firstTokenSigma: 0.5,
    tokensPerSecond: 40,
    perMinute: 150,
    parallel: 50,
    tellsRetryAfter: false,
    failing: 0.008,
    badTools: 0.04,
  },
  {
    ...RELIABLE,
    name: 'willow',
    prompt: 0.5,
    completion: 1.5,
    cacheRead: 0.12,
    cacheLifeMs: 5 * MINUTE_MS,
    firstTokenMs: 350,
    firstTokenSigma: 0.3,
    tokensPerSecond: 100,
    perMinute: 600,
    parallel: 120,
  },
  {
    ...RELIABLE,
    name: 'alder',
    modelId: SPARE_MODEL_ID,
    prompt: 0.06,
    completion: 0.18,
    firstTokenMs: 300,
    firstTokenSigma: 0.4,
    tokensPerSecond: 110,
    perMinute: 600,
    parallel: 120,
    badTools: 0.05,
  },
  {
    ...RELIABLE,
    name: 'yew',
    modelId: SPARE_MODEL_ID,
    prompt: 0.05,
    completion: 0.15,
    firstTokenMs: 350,
    firstTokenSigma: 0.4,
    tokensPerSecond: 90,
    perMinute: 600,
    parallel: 120,
    badTools: 0.06,
  },
];

/** A candidate of routing, and the host behind it. */
export interface SimEndpoint extends Candidate {
  readonly index: number;
  readonly facts: HostFacts;
  /** Stable ids of its keys. */
  readonly credentialIds: readonly string[];
}

export function buildEndpoints(hosts: readonly HostFacts[] = HOSTS): readonly SimEndpoint[] {
  return hosts.map((facts, index) => ({
    index,
    facts,
    credentialIds: Array.from({ length: facts.keys }, (_, key) => `${facts.name}#${key + 1}`),
    provider: {
      id: facts.name,
      name: facts.name,
      weight: 1,
      training: false,
      retentionDays: 0,
      enforcesPolicy: false,
      writesCache: facts.cacheWrite !== undefined,
    },
    model: buildModel(facts.modelId ?? MODEL_ID),
    endpoint: buildEndpoint(facts),
  }));
}

function buildEndpoint(facts: HostFacts): Endpoint {
  const modelId = facts.modelId ?? MODEL_ID;
  return {
    id: `${facts.name}|${modelId}`,
    modelId,
    providerId: facts.name,
    upstreamModel: modelId,
    tag: facts.name,
    contextLength: 131_072,
    maxOutputTokens: null,
    maxPromptTokens: null,
    quantization: null,
    supportedParameters: ['max_tokens', 'temperature', 'tools', 'tool_choice'],
    inputModalities: ['text'],
    outputModalities: ['text'],
    pricing: {
      prompt: perToken(facts.prompt),
      completion: perToken(facts.completion),
      ...(facts.cacheRead !== undefined && { inputCacheRead: perToken(facts.cacheRead) }),
      ...(facts.cacheWrite !== undefined && { inputCacheWrite: perToken(facts.cacheWrite) }),
      overrides: [],
    },
    supportsImplicitCaching: facts.cacheRead !== undefined && facts.cacheWrite === undefined,
    source: SOURCE,
  };
}

function buildModel(id: string): Model {
  return {
    id,
    canonicalSlug: id,
    name: id,
    createdSeconds: 0,
    description: '',
    inputModalities: ['text'],
    outputModalities: ['text'],
    tokenizer: 'Other',
    knowledgeCutoff: null,
    expirationDate: null,
    openWeights: true,
    limits: {},
    source: SOURCE,
  };
}

const SOURCE = { name: 'the simulated day', date: '2026-11-21' };

/** USD per million tokens → picodollars per token: both are a million of something. */
export function perToken(usdPerMillion: number): bigint {
  return BigInt(Math.round(usdPerMillion * 1_000_000));
}
