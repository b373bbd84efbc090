/** A model that an operator defined and the catalogue does not have: what the configuration leaves out gets safe defaults. */
import { WHOLE_KINDS } from '../core/exchange-kind.ts';
import type { Pricing } from '../core/pricing.ts';
import type { ServiceTier } from '../core/service-tier.ts';
import { endpointId, endpointTag } from './from-rows.ts';
import { authorName } from './import/hosts.ts';
import { servesKind } from './kinds.ts';
import type { Endpoint, Modality, Model } from './model.ts';
import { supportedParametersFor } from './parameters.ts';

export interface CustomModel {
  readonly id: string;
  readonly providerId: string;
  /** The provider's name for it; absent = the id. */
  readonly upstream?: string;
  readonly name?: string;
  /** Absent = 8,192, the least that current servers start with. */
  readonly contextLength?: number;
  readonly maxOutputTokens?: number;
  readonly inputModalities?: readonly string[];
  readonly outputModalities?: readonly string[];
  /** Absent = every parameter of the dialect: the operator's own server is asked, not guessed. */
  readonly supportedParameters?: readonly string[];
  readonly quantization?: string;
  /** Absent = free of charge. */
  readonly pricing?: Pricing;
  /** Served in this tier: its tag and id end in it. */
  readonly serviceTier?: ServiceTier;
  /** The operator's word that others may be trained on what it writes; absent = nobody said so. */
  readonly distillable?: boolean;
  readonly dialectId: string;
  /** Where it is defined, e.g. `signalbox.yaml`, and the day it was read. */
  readonly source: { readonly name: string; readonly date: string };
}

const DEFAULT_CONTEXT = 8192;
const MODALITIES: readonly Modality[] = ['text', 'image', 'file', 'audio', 'video', ...WHOLE_KINDS];
/** An unknown server is asked, not guessed. */
const EVERYTHING = { extraSampling: true, with: ['top_a', 'verbosity', 'prediction', 'web_search_options'] } as const;
const FREE: Pricing = { prompt: 0n, completion: 0n, overrides: [] };

/** @throws RangeError naming a modality that does not exist */
export function customModel(custom: CustomModel): { readonly model: Model; readonly endpoint: Endpoint } {
  const input = modalities(custom.inputModalities ?? ['text'], custom.id);
  const output = modalities(custom.outputModalities ?? ['text'], custom.id);
  const contextLength = custom.contextLength ?? DEFAULT_CONTEXT;
  const isWhole = !servesKind({ outputModalities: output }, 'chat');
  const place = { provider: custom.providerId, ...(custom.serviceTier ? { tier: custom.serviceTier } : {}) };
  return {
    model: {
      id: custom.id,
      canonicalSlug: custom.id,
      name: custom.name ?? displayName(custom.id),
      createdSeconds: Math.floor(Date.parse(`${custom.source.date}T00:00:00Z`) / 1000),
      description: `Defined by this gateway's operator in ${custom.source.name}.`,
      inputModalities: input,
      outputModalities: output,
      tokenizer: 'Other',
      knowledgeCutoff: null,
      expirationDate: null,
      openWeights: false,
      ...(custom.distillable === undefined ? {} : { distillable: custom.distillable }),
      limits: {},
      // Nobody said whether it reasons: a caller who asks is passed on, in every form the grammar has.
      ...(isWhole
        ? {}
        : { reasoning: { mandatory: false, defaultEnabled: false, efforts: null, budget: true, assumed: true } }),
      source: custom.source,
    },
    endpoint: {
      id: endpointId({ ...place, model: custom.id }),
      modelId: custom.id,
      providerId: custom.providerId,
      upstreamModel: custom.upstream ?? custom.id,
      tag: endpointTag(place),
      ...(custom.serviceTier ? { serviceTier: custom.serviceTier } : {}),
      contextLength,
      maxOutputTokens: custom.maxOutputTokens ?? null,
      maxPromptTokens: null,
      quantization: custom.quantization ?? null,
      supportedParameters:
        custom.supportedParameters ??
        supportedParametersFor(custom.dialectId, {
          can: ['tools', 'structured', 'reasoning', 'sampling'],
          modelId: custom.id,
          host: custom.dialectId === 'openai-chat' ? EVERYTHING : {},
          isWhole,
        }),
      inputModalities: input,
      outputModalities: output,
      pricing: custom.pricing ?? FREE,
      supportsImplicitCaching: false,
      source: custom.source,
    },
  };
}

function modalities(names: readonly string[], id: string): readonly Modality[] {
  return names.map((name) => {
    const modality = MODALITIES.find((each) => each === name);
    if (!modality) throw new RangeError(`${id}: "${name}" is no modality; there are ${MODALITIES.join(', ')}`);
    return modality;
  });
}

/** `meta-llama/llama-3.3-70b` → `Meta Llama: llama-3.3-70b`; a bare name stays as it is. */
function displayName(id: string): string {
  const slash = id.indexOf('/');
  return slash < 0 ? id : `${authorName(id.slice(0, slash))}: ${id.slice(slash + 1)}`;
}
