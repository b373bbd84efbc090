/** A made-up catalogue of any size for bench/plan.ts, with measured health and as many odd endpoints as the real one has. */
import type { Endpoint, Model } from '../src/catalog/model.ts';
import type { EndpointHealth } from '../src/core/health.ts';
import { type Random, seededRandom } from '../src/core/ids.ts';
import type { Pricing } from '../src/core/pricing.ts';
import type { Candidate, ModelGroup, RoutingProvider } from '../src/routing/candidate.ts';

export const ENDPOINTS_PER_MODEL = 40;
export const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const PICO_PER_NANO = 1000;
const SOURCE = { name: 'the bench', date: '2026-11-21' };
const PARAMETERS = ['max_tokens', 'temperature', 'top_p', 'tools', 'tool_choice', 'stop', 'seed'];

/** What the pipeline's answers to a plan's questions are read from. */
export interface LabProvider extends RoutingProvider {
  readonly kinds: readonly string[];
  readonly cannotCarry: readonly string[];
  readonly credentials: readonly { readonly id: string }[];
}

export interface LabCandidate extends Candidate {
  readonly provider: LabProvider;
}

export interface Lab {
  readonly groups: readonly ModelGroup<LabCandidate>[];
  readonly health: ReadonlyMap<string, EndpointHealth>;
  readonly troubledCredentials: ReadonlyMap<string, number>;
}

export function buildLab(models: number): Lab {
  const random = seededRandom(7);
  const providers = Array.from({ length: ENDPOINTS_PER_MODEL }, (_, at) => buildProvider(at));
  const groups: ModelGroup<LabCandidate>[] = [];
  const health = new Map<string, EndpointHealth>();
  for (let i = 0; i < models; i++) {
    const model = buildModel(`author-${i % 50}/model-${i}`);
    const candidates = providers.map((provider, at) => ({
      provider,
      model,
      endpoint: buildEndpoint(model.id, provider, at, random),
    }));
    for (const { endpoint } of candidates) health.set(endpoint.id, buildHealth(random));
    groups.push({ modelId: model.id, candidates });
  }
  return { groups, health, troubledCredentials: new Map([['host-39#1', NOW_MS + 30_000]]) };
}

function buildProvider(at: number): LabProvider {
  return {
    id: `host-${at}`,
    name: `Host ${at}`,
    weight: 1,
    training: at % 9 === 0,
    retentionDays: at % 3 === 0 ? 0 : 30,
    enforcesPolicy: false,
    writesCache: at % 5 === 0,
    kinds: at % 4 === 0 ? ['chat', 'embeddings'] : ['chat'],
    cannotCarry: ['video'],
    credentials: [{ id: `host-${at}#0` }, { id: `host-${at}#1` }],
  };
}

function buildModel(modelId: string): Model {
  return {
    id: modelId,
    canonicalSlug: modelId,
    name: modelId,
    createdSeconds: 0,
    description: '',
    inputModalities: ['text', 'image'],
    outputModalities: ['text'],
    tokenizer: 'Other',
    knowledgeCutoff: null,
    expirationDate: null,
    openWeights: true,
    limits: {},
    source: SOURCE,
  };
}

function buildEndpoint(modelId: string, provider: LabProvider, at: number, random: Random): Endpoint {
  const variant = at % 6 === 3 ? '/turbo' : '';
  return {
    id: `${provider.id}${variant}|${modelId}`,
    modelId,
    providerId: provider.id,
    upstreamModel: modelId,
    tag: `${provider.id}${variant}`,
    contextLength: 131_072,
    maxOutputTokens: at % 4 === 0 ? 8192 : null,
    maxPromptTokens: null,
    quantization: at % 2 === 0 ? 'fp8' : null,
    supportedParameters: PARAMETERS.slice(0, at % 8 === 0 ? 3 : 7),
    inputModalities: ['text', 'image'],
    outputModalities: ['text'],
    pricing: buildPricing(at, random),
    supportsImplicitCaching: false,
    source: SOURCE,
  };
}

/** One in ten is dearer for long prompts or by day, as in the real catalogue. */
function buildPricing(at: number, random: Random): Pricing {
  const prompt = BigInt(Math.round(200 + random.next() * 2000) * PICO_PER_NANO);
  return {
    prompt,
    completion: prompt * 4n,
    ...(at % 5 === 0 && { inputCacheRead: prompt / 10n, inputCacheWrite: (prompt * 5n) / 4n }),
    overrides:
      at % 10 === 0
        ? [
            { axes: { prompt: prompt * 2n, completion: prompt * 6n }, minPromptTokens: 200_000 },
            { axes: { prompt: prompt / 2n }, utcStart: 1630, utcEnd: 30 },
          ]
        : [],
  };
}

function buildHealth(random: Random): EndpointHealth {
  const attempts30m = 50 + Math.floor(random.next() * 1000);
  const seconds = 0.2 + random.next();
  const speed = 20 + random.next() * 150;
  return {
    recentAttempts: Math.floor(attempts30m / 60),
    recentFailures: random.next() < 0.02 ? Math.floor(attempts30m / 60) : 0,
    restsUntilMs: random.next() < 0.01 ? NOW_MS + 30_000 : 0,
    restsBecause: null,
    latency: { p50: seconds, p75: seconds * 1.3, p90: seconds * 2, p99: seconds * 4 },
    throughput: { p50: speed, p75: speed * 0.8, p90: speed * 0.6, p99: speed * 0.3 },
    toolAnswers: Math.floor(attempts30m / 4),
    badToolAnswers: Math.floor((attempts30m / 4) * 0.05 * random.next()),
    attempts30m,
    successes30m: Math.floor(attempts30m * (0.95 + 0.05 * random.next())),
  };
}
