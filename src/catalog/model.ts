/** Models and the endpoints that serve them, as data. */
import type { WholeKind } from '../core/exchange-kind.ts';
import type { Pricing } from '../core/pricing.ts';
import type { ServiceTier } from '../core/service-tier.ts';

/** `embeddings`, `rerank` and `moderation` are what a model of that kind gives. */
export type Modality = 'text' | 'image' | 'file' | 'audio' | 'video' | WholeKind;

export interface Model {
  /** Public id, `author/slug` as OpenRouter's. */
  readonly id: string;
  /** `author/slug-YYYYMMDD`. */
  readonly canonicalSlug: string;
  /** `Author: Model`. */
  readonly name: string;
  readonly createdSeconds: number;
  readonly description: string;
  readonly inputModalities: readonly Modality[];
  readonly outputModalities: readonly Modality[];
  readonly tokenizer: string;
  readonly knowledgeCutoff: string | null;
  /** Set where the model is retired: requests answer 404 naming the successor. */
  readonly retired?: { readonly successor: string };
  readonly expirationDate: string | null;
  readonly openWeights: boolean;
  /** True where the author's licence or terms let others train on its output; absent = nobody said so. */
  readonly distillable?: boolean;
  /** True for a model that chooses another (`openrouter/auto`): its endpoint's price is 0 and says nothing. */
  readonly router?: boolean;
  readonly reasoning?: ModelReasoning;
  /** Capability exceptions of the family (docs/sources.md); absent = true. */
  readonly limits: {
    readonly sampling?: boolean;
    readonly prefill?: boolean;
    readonly forcedToolUse?: boolean;
    readonly jsonSchema?: boolean;
  };
  /** Where the facts come from and when. */
  readonly source: { readonly name: string; readonly date: string };
}

export interface ModelReasoning {
  readonly mandatory: boolean;
  readonly defaultEnabled: boolean;
  readonly efforts: readonly string[] | null;
  readonly budget: boolean;
  readonly adaptive?: boolean;
  /** True where nobody said whether and how it reasons. */
  readonly assumed?: boolean;
}

/** A model at a provider. */
export interface Endpoint {
  /** `provider-slug|model-id` or with a variant tag: stable over reloads; health and prices hang on it. */
  readonly id: string;
  readonly modelId: string;
  /** Provider slug. */
  readonly providerId: string;
  /** What the provider calls the model. */
  readonly upstreamModel: string;
  /** `slug[/variant]`. */
  readonly tag: string;
  /** Served and priced in this tier; absent = the standard one. Its tag ends in the tier: `openai/priority`. */
  readonly serviceTier?: ServiceTier;
  readonly contextLength: number;
  /** True where nobody said the context length: it is shown, but excludes nothing. */
  readonly contextIsAssumed?: boolean;
  readonly maxOutputTokens: number | null;
  readonly maxPromptTokens: number | null;
  readonly quantization: string | null;
  readonly supportedParameters: readonly string[];
  readonly inputModalities: readonly Modality[];
  readonly outputModalities: readonly Modality[];
  /** True where nobody said what it gives: it is asked for any kind that its provider has. */
  readonly outputIsAssumed?: boolean;
  readonly pricing: Pricing;
  readonly supportsImplicitCaching: boolean;
  /** Grammar, where it differs from the provider's (Claude and open models on Vertex and Azure). */
  readonly dialect?: string;
  /** Other names of the same model at this provider, dated or undated: they resolve. */
  readonly upstreamAliases?: readonly string[];
  /** True where the provider announced its end. */
  readonly deprecated?: boolean;
  readonly source: { readonly name: string; readonly date: string };
}
