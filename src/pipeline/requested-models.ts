/** What the caller's model names mean for routing: models with their endpoints, variants, and the router that chose. */
import type { Resolved } from '../catalog/resolve-model.ts';
import { GatewayError } from '../core/errors.ts';
import type { SortBy } from '../core/preferences.ts';
import type { ServiceTier } from '../core/service-tier.ts';
import { type ModelRouter, ROUTER_NAMES, routerNamed } from '../routing/auto/routers.ts';
import type { ModelGroup } from '../routing/candidate.ts';
import { MODELS_DOCS_URL } from '../routing/docs.ts';
import { shortened } from '../routing/listed.ts';
import { type ChosenModels, chooseModels, type OpenQuestion } from './model-routers.ts';
import type { RouteInput } from './route.ts';
import type { Snapshot } from './snapshot.ts';
import type { LiveEndpoint } from './target.ts';

/** OpenRouter's words for how the model came about (OpenRouter's API, `openrouter_metadata.strategy`). */
export type RoutingStrategy = 'direct' | 'auto' | 'free' | 'latest' | 'alias' | 'fallback';

export interface RequestedModels {
  readonly groups: readonly ModelGroup<LiveEndpoint>[];
  readonly strategy: RoutingStrategy;
  /** The router that chose, e.g. `openrouter/auto`. */
  readonly router: string | null;
  /** Why the router chose so. */
  readonly reasons: readonly string[];
  /** `:thinking` on a model that has no entry of that name: reasoning is on unless the request says otherwise. */
  readonly thinking: boolean;
  /** The error where no model has an endpoint. */
  readonly unserved: GatewayError | undefined;
}

/** `:online` on a model of the request: the web is searched before anything is planned (OpenRouter's API). */
export function isOnline(models: readonly string[]): boolean {
  return models.some((name) => /:online(:|$)/.test(name));
}

/** The endpoints of the models that are named, as far as no router has to choose one: for what is asked before planning. */
export function endpointsNamed({ demand, snapshot }: Pick<RouteInput, 'demand' | 'snapshot'>): readonly LiveEndpoint[] {
  return demand.models.flatMap((name) => {
    const resolved = snapshot.resolve(splitVariants(name, snapshot).model);
    return resolved.kind === 'found' ? snapshot.endpointsOf(resolved.id) : [];
  });
}

/** Longer than any name with all its variants, which are looked up piece by piece. */
const MOST_NAME_CHARACTERS = 512;

/** Variants that steer the request (OpenRouter's API); the others are catalogue entries of their own. */
interface Variants {
  sort?: SortBy;
  admits?: ServiceTier;
  thinking: boolean;
}

/**
 * @throws GatewayError `client.invalid_request` where no model is named and there is no default, `client.model_not_found` with near
 * matches
 */
export function requestedModels(
  input: RouteInput,
  question: OpenQuestion,
  stickyModel: () => string | null,
): RequestedModels {
  const names = namesOf(input);
  const groups: ModelGroup<LiveEndpoint>[] = [];
  // A router that is named again, or with another variant, chooses no other models.
  const chosenBy = new Map<ModelRouter, ChosenModels>();
  const reasons: string[] = [];
  let strategy: RoutingStrategy = names.length > 1 ? 'fallback' : 'direct';
  let router: string | null = null;
  let unserved: GatewayError | undefined;
  let thinking = false;
  for (const name of names) {
    const { model, variants } = splitVariants(name, input.snapshot);
    thinking ||= variants.thinking;
    const kind = routerNamed(model);
    if (kind !== null) {
      strategy = kind;
      router ??= ROUTER_NAMES[kind];
      let chosen = chosenBy.get(kind);
      if (!chosen) {
        chosen = chooseModels(kind, input, question, stickyModel());
        chosenBy.set(kind, chosen);
        reasons.push(...chosen.reasons);
      }
      groups.push(...chosen.models.map((id) => groupOf(id, variants, input.snapshot)));
      continue;
    }
    const found = resolve(model, name, input.snapshot);
    if (found instanceof GatewayError) unserved ??= found;
    else {
      if (names.length === 1) strategy = strategyOf(found);
      groups.push(groupOf(found.id, variants, input.snapshot));
    }
  }
  return { groups: withoutRepeats(groups), strategy, router, reasons, thinking, unserved };
}

function namesOf({ demand, snapshot }: RouteInput): readonly string[] {
  if (demand.models.length > 0) return demand.models;
  const { defaultModel } = snapshot.routing;
  if (defaultModel !== null) return [defaultModel];
  throw new GatewayError(
    'client.invalid_request',
    'model: required; name a model as author/slug. GET /models lists those that are served.',
    { field: 'model' },
  );
}

/**
 * `x:free:online` → `x:free`, online. A name that exists as it is written stays whole.
 * @throws GatewayError `client.model_not_found` where it is too long to be one
 */
function splitVariants(name: string, snapshot: Snapshot): { readonly model: string; readonly variants: Variants } {
  if (name.length > MOST_NAME_CHARACTERS) throw notFound(shortened(name), []);
  const variants: Variants = { thinking: false };
  const query = name.indexOf('?');
  let base = query < 0 ? name : name.slice(0, query);
  const rest = query < 0 ? '' : name.slice(query);
  while (base.includes(':') && !snapshot.isModel(base)) {
    const colon = base.lastIndexOf(':');
    if (!applyVariant(base.slice(colon + 1), variants)) break;
    base = base.slice(0, colon);
  }
  return { model: base + rest, variants };
}

/** False where the suffix is none that steers. */
function applyVariant(suffix: string, variants: Variants): boolean {
  switch (suffix) {
    case 'nitro':
      variants.sort ??= 'throughput';
      variants.admits ??= 'priority';
      return true;
    case 'floor':
      variants.sort ??= 'price';
      variants.admits ??= 'flex';
      return true;
    case 'exacto':
      variants.sort ??= 'exacto';
      return true;
    case 'online':
      // Read before planning: isOnline.
      return true;
    case 'thinking':
      variants.thinking = true;
      return true;
    default:
      return false;
  }
}

type Found = Extract<Resolved, { kind: 'found' }>;

/** @throws GatewayError `client.model_not_found` */
function resolve(model: string, requested: string, snapshot: Snapshot): Found | GatewayError {
  const resolved = snapshot.resolve(model);
  switch (resolved.kind) {
    case 'found':
      return endedVariant(resolved.id, requested, snapshot) ?? resolved;
    case 'retired':
      return new GatewayError(
        'route.model_retired',
        `${requested} has been retired by its provider. Use ${resolved.successor} instead.`,
        { field: 'model', availability: availability('model_deprecated', requested, [resolved.successor]) },
      );
    case 'unknown':
      throw notFound(requested, resolved.near);
  }
}

function notFound(requested: string, near: readonly string[]): GatewayError {
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
  return new GatewayError('client.model_not_found', `${requested} is not a valid model ID.${hint}`, {
    field: 'model',
    availability: availability('model_not_found', requested, near),
  });
}

/** Variants that are catalogue entries of their own (OpenRouter's API). */
const ENTRY_VARIANTS: ReadonlySet<string> = new Set([':free', ':extended', ':thinking', ':batch', ':beta']);

/** `:free`, `:extended` and `:batch` of a model that has no such entry: the model without it may still serve. */
function endedVariant(id: string, requested: string, snapshot: Snapshot): GatewayError | undefined {
  const colon = id.lastIndexOf(':');
  const query = id.indexOf('?');
  if (colon < 0 || (query >= 0 && query < colon) || snapshot.endpointsOf(id).length > 0) return undefined;
  const base = id.slice(0, colon);
  const variant = id.slice(colon);
  if (!ENTRY_VARIANTS.has(variant)) throw notFound(requested, [base]);
  const code = variant === ':free' ? 'free_variant_ended' : 'no_endpoints';
  return new GatewayError('route.no_endpoints', `No configured provider serves ${base} as ${variant}. Use ${base}.`, {
    field: 'model',
    availability: availability(code, requested, [base]),
  });
}

function availability(code: string, requested: string, instead: readonly string[]) {
  return {
    code,
    retryable: false,
    requested_models: [requested],
    docs_url: MODELS_DOCS_URL,
    ...(instead.length > 0 && { fallback_models: instead }),
  };
}

function strategyOf({ via }: Found): RoutingStrategy {
  if (via === 'latest') return 'latest';
  // What a public id, a dated or a provider's own name means is no choice of anybody's.
  return via === 'operator-alias' || via === 'alias' ? 'alias' : 'direct';
}

function groupOf(modelId: string, { sort, admits }: Variants, snapshot: Snapshot): ModelGroup<LiveEndpoint> {
  return { modelId, candidates: snapshot.endpointsOf(modelId), ...(sort && { sort }), ...(admits && { admits }) };
}

/** A model asked for twice is tried once. */
function withoutRepeats(groups: readonly ModelGroup<LiveEndpoint>[]): readonly ModelGroup<LiveEndpoint>[] {
  if (groups.length < 2) return groups;
  const seen = new Set<string>();
  return groups.filter(({ modelId }) => !seen.has(modelId) && seen.add(modelId));
}
