/** Models and requests for tests of the auto-router: what a test does not name is ordinary. */
import type { Endpoint, Modality, Model } from '../../catalog/model.ts';
import type { Demand } from '../../core/demand.ts';
import { sampleDemand } from '../../core/sample-demand.ts';
import type { AutoInput } from './choose-auto.ts';
import { DEFAULT_AUTO_OPTIONS } from './options.ts';
import { autoPoolOf, type ServedModel } from './pool.ts';

export interface TestModel {
  readonly id: string;
  /** USD per million tokens, input and output alike. */
  readonly usd?: number;
  readonly createdSeconds?: number;
  readonly context?: number;
  readonly output?: number | null;
  readonly inputs?: readonly Modality[];
  readonly outputs?: readonly Modality[];
  readonly parameters?: readonly string[];
  readonly reasons?: boolean;
  readonly router?: boolean;
  readonly hosts?: number;
}

const SOURCE = { name: 'test', date: '2026-11-21' };
const PICO_PER_TOKEN_OF_USD_PER_MILLION = 1_000_000;

export function servedModel(test: TestModel): ServedModel {
  const { id, hosts = 1 } = test;
  const endpoints = Array.from({ length: hosts }, (_, at) => testEndpoint(test, `host-${at}`));
  const model: Model = {
    id,
    canonicalSlug: id,
    name: id,
    createdSeconds: test.createdSeconds ?? 1_790_000_000,
    description: '',
    inputModalities: test.inputs ?? ['text'],
    outputModalities: test.outputs ?? ['text'],
    tokenizer: 'Other',
    knowledgeCutoff: null,
    expirationDate: null,
    openWeights: false,
    limits: {},
    source: SOURCE,
    ...(test.reasons && { reasoning: { mandatory: false, defaultEnabled: true, efforts: null, budget: true } }),
    ...(test.router && { router: true }),
  };
  return { model, endpoints };
}

export function testEndpoint(test: TestModel, providerId = 'host'): Endpoint {
  const price = BigInt(Math.round((test.usd ?? 1) * PICO_PER_TOKEN_OF_USD_PER_MILLION));
  return {
    id: `${providerId}|${test.id}`,
    modelId: test.id,
    providerId,
    upstreamModel: test.id,
    tag: providerId,
    contextLength: test.context ?? 128_000,
    maxOutputTokens: test.output === undefined ? 32_000 : test.output,
    maxPromptTokens: null,
    quantization: null,
    supportedParameters: [
      ...(test.parameters ?? ['tools', 'structured_outputs']),
      ...(test.reasons ? ['reasoning'] : []),
    ],
    inputModalities: test.inputs ?? ['text'],
    outputModalities: test.outputs ?? ['text'],
    pricing: { prompt: price, completion: price, overrides: [] },
    supportsImplicitCaching: false,
    source: SOURCE,
  };
}

export function testDemand(demand: Partial<Demand> = {}): Demand {
  return sampleDemand({ models: ['openrouter/auto'], promptTokensEstimate: 100, ...demand });
}

export function testInput(models: readonly TestModel[], input: Partial<AutoInput> = {}): AutoInput {
  return {
    task: { kind: 'chat', scores: { chat: 1 }, reasons: ['nothing says otherwise'] },
    pool: autoPoolOf(models.map(servedModel)),
    demand: testDemand(),
    options: DEFAULT_AUTO_OPTIONS,
    stickyModel: null,
    lastModel: '',
    readsFiles: false,
    fitsPrompt: false,
    admits: () => true,
    ...input,
  };
}
